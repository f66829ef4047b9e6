package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
)

// composed is compose.yaml, as far as it is used: a field that is not here is one that is misspelt.
type composed struct {
	Name     string `yaml:"name"`
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Build       map[string]string `yaml:"build"`
		Restart     string            `yaml:"restart"`
		Command     []string          `yaml:"command"`
		Ports       []string          `yaml:"ports"`
		Environment map[string]string `yaml:"environment"`
		Secrets     []string          `yaml:"secrets"`
		Volumes     []string          `yaml:"volumes"`
		ExtraHosts  []string          `yaml:"extra_hosts"`
		WorkingDir  string            `yaml:"working_dir"`
		DependsOn   map[string]struct {
			Condition string `yaml:"condition"`
		} `yaml:"depends_on"`
		Healthcheck struct {
			Test     []string `yaml:"test"`
			Interval string   `yaml:"interval"`
			Retries  int      `yaml:"retries"`
		} `yaml:"healthcheck"`
		ReadOnly    bool     `yaml:"read_only"`
		Tmpfs       []string `yaml:"tmpfs"`
		CapDrop     []string `yaml:"cap_drop"`
		SecurityOpt []string `yaml:"security_opt"`
	} `yaml:"services"`
	Secrets map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
	Volumes map[string]struct{} `yaml:"volumes"`
}

func TestTheComposeFile(t *testing.T) {
	file, err := os.Open("compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var c composed
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	manager, broker := c.Services["link-manager"], c.Services["nats"]

	var known []string
	parser, err := kong.New(&commandLine{})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Leaves(true) {
		for _, flags := range command.AllFlags(false) {
			for _, f := range flags {
				if command.Name == "serve" {
					known = append(known, f.Envs...)
				}
			}
		}
	}
	for name, value := range manager.Environment {
		if !slices.Contains(known, name) {
			t.Errorf("the link manager has no variable %s", name)
		}
		if secret, is := strings.CutPrefix(value, "/run/secrets/"); is && (!slices.Contains(manager.Secrets, secret) || c.Secrets[secret].File == "") {
			t.Errorf("%s is %s, and nobody puts it there", name, value)
		}
	}
	for _, user := range brokertest.Users {
		if !strings.HasPrefix(broker.Environment[user], "${"+user+":?") {
			t.Errorf("NATS starts without %s, or with the same one everywhere", user)
		}
	}
	for name, service := range c.Services {
		for _, port := range service.Ports {
			if !strings.Contains(port, ":-127.0.0.1:") {
				t.Errorf("%s is published to everybody: %s", name, port)
			}
		}
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if _, named := c.Volumes[source]; !named && !strings.HasPrefix(source, "./") {
				t.Errorf("%s has no volume %s", name, source)
			}
		}
		if name != "postgres" && (!service.ReadOnly || !slices.Contains(service.CapDrop, "ALL")) {
			t.Errorf("%s may do more than it must", name)
		}
	}
	if _, err := os.Stat(strings.Split(broker.Volumes[0], ":")[0]); err != nil {
		t.Error(err)
	}
}
