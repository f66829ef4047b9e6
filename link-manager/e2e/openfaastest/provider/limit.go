//go:build openfaas

package provider

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openfaas/faas-provider/types"
)

// units are the suffixes of a quantity in Kubernetes.
var units = map[string]float64{
	"m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40,
}

// memoryBytes reads an amount of memory, such as 128Mi. It fails if docker would not take it.
func memoryBytes(text string) (int64, error) {
	bytes, err := quantity(text, 6<<20, 1<<40)
	return int64(bytes), err
}

// cpuQuota reads an amount of processors, such as 500m, as microseconds in 100 ms. It fails if docker would not take it.
func cpuQuota(text string) (int64, error) {
	processors, err := quantity(text, 0.01, 1000)
	return int64(processors * 100_000), err
}

// quantity reads a number with a unit. It fails if it is none, or out of bounds.
func quantity(text string, least, most float64) (float64, error) {
	unit := strings.TrimLeft(text, "0123456789.")
	number, err := strconv.ParseFloat(strings.TrimSuffix(text, unit), 64)
	factor, known := units[unit]
	if err != nil || !known {
		return 0, fmt.Errorf("%q is not a quantity such as 128Mi or 500m", text)
	}
	if number *= factor; number < least || number > most {
		return 0, fmt.Errorf("%q is not between %g and %g", text, least, most)
	}
	return number, nil
}

// checkLimits fails if one of limits, which may be nil, cannot be had.
func checkLimits(limits *types.FunctionResources) error {
	_, err := limitArguments(limits)
	return err
}

// limitArguments are what `docker run` needs to hold a container to limits, which may be nil.
func limitArguments(limits *types.FunctionResources) ([]string, error) {
	var arguments []string
	if limits != nil && limits.Memory != "" {
		bytes, err := memoryBytes(limits.Memory)
		if err != nil {
			return nil, fmt.Errorf("memory: %w", err)
		}
		arguments = append(arguments, "--memory", strconv.FormatInt(bytes, 10))
	}
	if limits != nil && limits.CPU != "" {
		quota, err := cpuQuota(limits.CPU)
		if err != nil {
			return nil, fmt.Errorf("cpu: %w", err)
		}
		// As Kubernetes does it; --cpus would refuse more processors than this machine has.
		arguments = append(arguments, "--cpu-quota", strconv.FormatInt(quota, 10))
	}
	return arguments, nil
}
