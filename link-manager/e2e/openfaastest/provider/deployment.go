//go:build openfaas

package provider

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/openfaas/faas-provider/types"
)

// The most that OpenFaaS Community Edition runs.
const (
	maxFunctions = 15
	maxReplicas  = 5
)

// The labels of replicas that Community Edition has, and those it refuses.
const (
	labelMin  = "com.openfaas.scale.min"
	labelMax  = "com.openfaas.scale.max"
	labelZero = "com.openfaas.scale.zero"
)

var refusedLabels = []string{"com.openfaas.scale.zero-duration", "com.openfaas.scale.target", "com.openfaas.scale.type"}

var dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// checkDeployment fails, with a sentence, if Community Edition would not run this, or nobody could.
func checkDeployment(d *types.FunctionDeployment) error {
	switch {
	case !dnsLabel.MatchString(d.Service):
		return fmt.Errorf("service %q must be a valid DNS label", d.Service)
	case d.Image == "":
		return errors.New("image is required")
	case strings.Contains(entry(d.Annotations, "topic"), ","):
		return errors.New("the annotation topic may name one topic only in Community Edition")
	}
	return errors.Join(checkNamespace(d.Namespace), checkLabels(d.Labels), checkLimits(d.Limits), checkLimits(d.Requests))
}

// checkLabels fails for scaling that Community Edition does not do.
func checkLabels(labels *map[string]string) error {
	if entry(labels, labelZero) == "true" {
		return fmt.Errorf("%s is not available in Community Edition", labelZero)
	}
	for _, label := range refusedLabels {
		if entry(labels, label) != "" {
			return fmt.Errorf("%s is not available in Community Edition", label)
		}
	}
	for _, label := range []string{labelMin, labelMax} {
		count, err := strconv.Atoi(entry(labels, label))
		if entry(labels, label) != "" && (err != nil || count < 1 || count > maxReplicas) {
			return fmt.Errorf("%s must be a number from 1 to %d", label, maxReplicas)
		}
	}
	return nil
}

// entry is the value of key, or empty; faas-provider points to its maps.
func entry(m *map[string]string, key string) string {
	if m == nil {
		return ""
	}
	return (*m)[key]
}

// wantedReplicas is how many replicas d asks for by its label, or otherwise.
func wantedReplicas(d *types.FunctionDeployment, otherwise int) int {
	if count, err := strconv.Atoi(entry(d.Labels, labelMin)); err == nil {
		return count
	}
	return otherwise
}
