package doctor

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
)

// secretsFolder is where OpenFaaS mounts a function's secrets.
const secretsFolder = "/var/openfaas/secrets" //nolint:gosec // a place, and no secret

// functions looks for the one that checks what a person waits for, and the one for routine: each topic must have one, or
// links are not checked, or twice.
func (e *examination) functions(all []types.FunctionStatus) {
	const about = "functions"
	checkers := map[string]types.FunctionStatus{}
	for _, topic := range []string{event.SubjectAdded, event.SubjectDue} {
		var names []string
		for _, f := range all {
			if slices.ContainsFunc(topicsOf(f), func(wanted string) bool { return bus.Overlap(wanted, topic) }) {
				names = append(names, nameOf(f))
				checkers[nameOf(f)] = f
				for _, wanted := range topicsOf(f) {
					e.serving = append(e.serving, connector.ConsumerName(nameOf(f), wanted))
				}
			}
		}
		switch len(names) {
		case 0:
			e.wrong(about, "no function has the annotation topic: "+topic, "faas-cli up deploys both of stack.yml; faas-cli describe shows the annotations of one that is there.")
		case 1:
			e.fine(about, fmt.Sprintf("%s gets %s", names[0], topic))
		default:
			e.wrong(about, fmt.Sprintf("%s all get %s: each link is checked by every one of them", strings.Join(names, ", "), topic),
				"Give the topic to one of them only; faas-cli remove what is left from an earlier deployment.")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(checkers)) {
		e.function(name, checkers[name])
	}
}

func nameOf(f types.FunctionStatus) string {
	if f.Namespace == "" {
		return f.Name
	}
	return f.Name + "." + f.Namespace
}

func topicsOf(f types.FunctionStatus) (topics []string) {
	if f.Annotations == nil {
		return nil
	}
	for topic := range strings.SplitSeq((*f.Annotations)["topic"], ",") {
		if topic = strings.TrimSpace(topic); topic != "" {
			topics = append(topics, topic)
		}
	}
	return topics
}

// function looks at one function that checks links.
func (e *examination) function(name string, f types.FunctionStatus) {
	const about = "functions"
	if f.AvailableReplicas == 0 {
		e.wrong(about, name+" has no replica that is ready", "faas-cli describe and faas-cli logs say why; mostly the image cannot be pulled, or the secret link-checker-nats is not there.")
	}
	if len(f.EnvVars) == 0 {
		e.advise(about, "the gateway does not tell the settings of "+name, "Compare them with stack.yml yourself: its timeouts, NATS_URL and CHECK_ALLOW.")
		return
	}
	before := len(e.findings)
	e.timeouts(name, f.EnvVars)
	if f.EnvVars["NATS_URL"] == "" {
		e.wrong(about, name+" has no NATS_URL", "Set it to the broker's address as functions see it, nats://nats.nats:4222 say, and deploy again: answers go there.")
	}
	if secret, mounted := strings.CutPrefix(f.EnvVars["NATS_CREDS"], secretsFolder+"/"); mounted && !slices.Contains(f.Secrets, path.Base(secret)) {
		e.wrong(about, fmt.Sprintf("%s reads its credentials from the secret %s, which it does not have", name, path.Base(secret)),
			fmt.Sprintf("faas-cli secret create %s --from-file checker.creds, name it under secrets in stack.yml, and deploy again.", path.Base(secret)))
	}
	e.allowed(name, f.EnvVars["CHECK_ALLOW"])
	if len(e.findings) == before {
		e.fine(about, name+" has settings that fit those of the link manager")
	}
}

// timeouts looks whether each ends before the one around it gives up.
func (e *examination) timeouts(name string, settings map[string]string) {
	const about = "functions"
	const remedy = "Take the timeouts of stack.yml, or for another CHECK_TIMEOUT those of link-checker/ladder/ladder.go, and deploy again."
	rung := func(variable string, standard time.Duration) time.Duration {
		if settings[variable] == "" {
			return standard
		}
		d, err := time.ParseDuration(settings[variable])
		if err != nil {
			e.wrong(about, fmt.Sprintf("%s: %s is %q, which is no duration", name, variable, settings[variable]), remedy)
			return standard
		}
		return d
	}
	check := rung("CHECK_TIMEOUT", e.ladder.Check)
	if check != e.ladder.Check {
		e.wrong(about, fmt.Sprintf("%s checks for %v, and the link manager counts on %v (CHECK_TIMEOUT)", name, check, e.ladder.Check),
			"Give the link manager and its functions the same CHECK_TIMEOUT.")
	}
	answer := check + check*3/10 // the check and the publish of its answer
	run, write := rung("exec_timeout", e.ladder.Exec), rung("write_timeout", e.ladder.Write)
	if run < answer {
		e.wrong(about, fmt.Sprintf("%s is ended after %v (exec_timeout), and a check with its answer may take %v", name, run, answer), remedy)
	}
	if write < run {
		e.wrong(about, fmt.Sprintf("%s: write_timeout is %v, and ends before exec_timeout, %v", name, write, run), remedy)
	}
	if write > e.ladder.Connector {
		e.wrong(about, fmt.Sprintf("%s may answer after %v (write_timeout), and the connector waits %v", name, write, e.ladder.Connector), remedy)
	}
}

// allowed compares what the function may check with what the link manager counts on.
func (e *examination) allowed(name, there string) {
	theirs, err := probe.ParseAllow(there)
	if err != nil {
		e.wrong("functions", fmt.Sprintf("%s: CHECK_ALLOW: %v", name, err), "Mend it in the environment that faas-cli deploy has, and deploy again.")
		return
	}
	ours, err := probe.ParseAllow(e.CheckAllow)
	if err != nil {
		e.wrong("settings", "CHECK_ALLOW: "+err.Error(), "Mend it for the link manager.")
		return
	}
	if !slices.Equal(slices.Sorted(slices.Values(texts(theirs))), slices.Sorted(slices.Values(texts(ours)))) {
		e.wrong("functions", fmt.Sprintf("%s may check the networks %q, and the link manager counts on %q (CHECK_ALLOW)", name, there, e.CheckAllow),
			"Set the same for both: CHECK_ALLOW=… faas-cli deploy, and in the link manager's environment.")
	}
}

func texts[T fmt.Stringer](values []T) (all []string) {
	for _, v := range values {
		all = append(all, v.String())
	}
	return all
}
