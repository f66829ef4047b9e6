package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// standIn is a chart in the place of the official one of NATS, which is not in this repository: what Linkwell's values say to
// it comes out where the official chart has it, in its configuration and in its StatefulSet. Set LINKWELL_NATS_CHART to the
// folder of the official chart to render with it.
var standIn = map[string]string{
	"Chart.yaml": `
apiVersion: v2
name: nats
version: 2.14.2
appVersion: 2.14.2
`,
	"values.yaml": `
global: {}
config:
  cluster: {enabled: false, replicas: 3}
  jetstream: {enabled: false, fileStore: {pvc: {size: 10Gi}}}
  nats: {tls: {enabled: false, secretName: ""}}
  merge: {}
container: {env: {}, resources: {}, merge: {}}
reloader: {merge: {}}
podTemplate: {merge: {}, topologySpreadConstraints: {}}
natsBox: {enabled: true}
`,
	"templates/nats.yaml": `
{{- $name := .Values.fullnameOverride | default (printf "%s-nats" .Release.Name) }}
{{- $config := dict "port" 4222 "http_port" 8222 "server_name" "<< $SERVER_NAME >>" "jetstream" (dict "store_dir" "/data" "max_file_store" (printf "<< %s >>" .Values.config.jetstream.fileStore.pvc.size)) }}
{{- if .Values.config.nats.tls.enabled }}{{ $_ := set $config "tls" (dict "cert_file" "/etc/nats-certs/nats/tls.crt" "key_file" "/etc/nats-certs/nats/tls.key") }}{{ end }}
{{- $config = mergeOverwrite $config (deepCopy .Values.config.merge) }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}-config
data:
  nats.conf: |
    {{- regexReplaceAll "\"<<\\s+(.*?)\\s+>>\"" (toPrettyJson $config | replace "\\u003c" "<" | replace "\\u003e" ">") "${1}" | nindent 4 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
spec:
  selector: {app.kubernetes.io/name: nats, app.kubernetes.io/instance: {{ .Release.Name }}, app.kubernetes.io/component: nats}
  ports: [{name: nats, port: 4222, targetPort: nats}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
spec:
  replicas: {{ ternary .Values.config.cluster.replicas 1 .Values.config.cluster.enabled }}
  serviceName: {{ $name }}-headless
  selector:
    matchLabels: &labels {app.kubernetes.io/name: nats, app.kubernetes.io/instance: {{ .Release.Name }}, app.kubernetes.io/component: nats}
  template:
    metadata:
      labels: *labels
    spec:
      {{- $pod := dict "containers" (list
        (mergeOverwrite (dict "name" "nats" "image" "nats:2.14.2-alpine" "resources" .Values.container.resources) .Values.container.merge)
        (mergeOverwrite (dict "name" "reloader" "image" "natsio/nats-server-config-reloader:0.23.0") .Values.reloader.merge)) }}
      {{- $environment := list }}
      {{- range $key, $value := .Values.container.env }}{{ $reference := $value.valueFrom.secretKeyRef }}{{ $environment = append $environment (dict "name" $key "valueFrom" (dict "secretKeyRef" (dict "name" (tpl (index $reference.name "$tplYaml") $) "key" $reference.key))) }}{{ end }}
      {{- $_ := set (index $pod.containers 0) "env" $environment }}
      {{- $pod = mergeOverwrite $pod (.Values.podTemplate.merge.spec | default dict) }}
      {{- toYaml $pod | nindent 6 }}
`,
}

func writeStandIn(t *testing.T, folder string) {
	t.Helper()
	for name, content := range standIn {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.TrimPrefix(content, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
