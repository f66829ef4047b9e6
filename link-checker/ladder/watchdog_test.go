package ladder

import (
	"strings"
	"testing"
	"time"
)

func TestReadWatchdog(t *testing.T) {
	const second = time.Second
	for name, test := range map[string]struct {
		environment map[string]string
		want        Watchdog
	}{
		"nothing is said":  {nil, Watchdog{}},
		"durations":        {map[string]string{"exec_timeout": "15s", "read_timeout": "16s", "write_timeout": "1m", "healthcheck_interval": "500ms"}, Watchdog{15 * second, 16 * second, 60 * second, second / 2}},
		"whole numbers":    {map[string]string{"exec_timeout": "15", "healthcheck_interval": "5"}, Watchdog{Exec: 15 * second, Healthcheck: 5 * second}},
		"others are other": {map[string]string{"CHECK_TIMEOUT": "soon"}, Watchdog{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadWatchdog(func(name string) string { return test.environment[name] })
			if err != nil || got != test.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestABrokenWatchdogIsNamed(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"read_timeout", "soon", `read_timeout is "soon"; it must be a positive duration such as 16s`},
		{"write_timeout", "0", `write_timeout is "0s"; it must be a positive duration such as 16s`},
		{"healthcheck_interval", "-5s", `healthcheck_interval is "-5s"; it must be a positive duration such as 16s`},
		{"exec_timeout", "15 s", `exec_timeout is "15 s"; it must be a positive duration such as 16s`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadWatchdog(func(name string) string { return map[string]string{test.name: test.text}[name] })
			if err == nil || err.Error() != test.want {
				t.Error(err)
			}
		})
	}
	both := map[string]string{"exec_timeout": "16s", "write_timeout": "16"}
	if _, err := ReadWatchdog(func(name string) string { return both[name] }); err == nil || err.Error() != "exec_timeout is 16s; with write_timeout 16s it must be less, or answers are cut off" {
		t.Error(err)
	}
	if _, err := ReadWatchdog(func(string) string { return "never" }); err == nil || strings.Count(err.Error(), "it must be") != 4 {
		t.Errorf("not every broken variable is named: %v", err)
	}
}
