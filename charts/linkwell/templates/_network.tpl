{{/* Egress: names are looked up. */}}
{{- define "linkwell.egressDNS" -}}
- to:
    {{- toYaml .Values.networkPolicy.dns.to | nindent 4 }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}

{{/* Egress: NATS, this chart's or another one. */}}
{{- define "linkwell.egressNATS" -}}
{{- if .Values.nats.enabled -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Release.Namespace }}
      podSelector:
        matchLabels:
          {{- include "linkwell.natsPods" . | nindent 10 }}
  ports:
    - {protocol: TCP, port: 4222}
{{- else -}}
- {{- with .Values.networkPolicy.broker.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - {protocol: TCP, port: {{ .Values.networkPolicy.broker.port }}}
{{- end }}
{{- end }}

{{/* Egress: PostgreSQL; nothing for SQLite. */}}
{{- define "linkwell.egressDatabase" -}}
{{- if not .Values.database.sqlite.enabled -}}
- {{- with .Values.networkPolicy.database.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - {protocol: TCP, port: {{ .Values.networkPolicy.database.port }}}
{{- end }}
{{- end }}

{{/* Egress: the gateway of OpenFaaS. */}}
{{- define "linkwell.egressGateway" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.gateway.namespace }}
      podSelector:
        matchLabels:
          {{- toYaml .Values.gateway.podLabels | nindent 10 }}
  ports:
    - {protocol: TCP, port: {{ .Values.gateway.port }}}
{{- end }}

{{/* The labels of the pods of this chart's NATS. */}}
{{- define "linkwell.natsPods" -}}
app.kubernetes.io/name: {{ .Values.nats.nameOverride | default "nats" }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: nats
{{- end }}

{{/*
Egress: the public internet, with the ports and addresses that a check may connect to, and what else may be checked: dict
"root" $ "allow" (list of networks). Some networks take no more than 40 ports in one rule.
*/}}
{{- define "linkwell.egressInternet" -}}
{{- $internet := .root.Files.Get "files/public-internet.yaml" | fromYaml }}
{{- $allow := .allow }}
{{- range $ports := chunk 32 $internet.ports }}
- to:
    {{- range $internet.to }}
    - ipBlock:
        {{- toYaml . | nindent 8 }}
    {{- end }}
    {{- range $allow }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    {{- range $ports }}
    - {protocol: TCP, port: {{ .port }}{{ with .endPort }}, endPort: {{ . }}{{ end }}}
    {{- end }}
{{- end }}
{{- end }}
