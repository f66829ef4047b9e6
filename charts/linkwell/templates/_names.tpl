{{/* The name everything begins with: the release's, which says linkwell in any case. */}}
{{- define "linkwell.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains "linkwell" .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-linkwell" .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* The labels that pods of a component are selected by: dict "root" $ "component" "manager". */}}
{{- define "linkwell.selector" -}}
app.kubernetes.io/name: linkwell
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* All labels of what belongs to a component. */}}
{{- define "linkwell.labels" -}}
{{ include "linkwell.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: linkwell
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* An image by its digest, or its tag: dict "root" $ "image" .Values.image. */}}
{{- define "linkwell.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The name of this chart's NATS, as its own chart makes it. */}}
{{- define "linkwell.nats" -}}
{{- $name := .Values.nats.nameOverride | default "nats" -}}
{{- if .Values.nats.fullnameOverride -}}
{{ .Values.nats.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* NATS_URL. The name says the namespace, because the functions are in another one, and one certificate is for all. */}}
{{- define "linkwell.natsURL" -}}
{{- if .Values.nats.enabled -}}
{{ ternary "tls" "nats" .Values.broker.tls.enabled }}://{{ include "linkwell.nats" . }}.{{ .Release.Namespace }}.svc:4222
{{- else -}}
{{ .Values.broker.url }}
{{- end -}}
{{- end }}

{{/* NATS_REPLICAS: as many as was asked for, or, in a cluster of this chart's, up to three. */}}
{{- define "linkwell.natsReplicas" -}}
{{- if .Values.broker.replicas -}}
{{ .Values.broker.replicas }}
{{- else if and .Values.nats.enabled .Values.nats.config.cluster.enabled -}}
{{ ternary 3 1 (ge (int .Values.nats.config.cluster.replicas) 3) }}
{{- else -}}
1
{{- end -}}
{{- end }}

{{/* The Secret with the users of NATS; empty for a broker that asks for none. */}}
{{- define "linkwell.natsUsers" -}}
{{- if .Values.global.natsUsersSecret -}}
{{ .Values.global.natsUsersSecret }}
{{- else if .Values.nats.enabled -}}
{{ .Release.Name }}-nats-users
{{- end -}}
{{- end }}

{{/* The Secret with the token that may do everything. */}}
{{- define "linkwell.adminToken" -}}
{{ .Values.auth.adminToken.existingSecret | default (printf "%s-admin" (include "linkwell.fullname" .)) }}
{{- end }}
