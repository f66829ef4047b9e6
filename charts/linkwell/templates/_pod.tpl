{{/* What pods of level "restricted" say of themselves: nobody's token, nobody's root. */}}
{{- define "linkwell.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* And their containers. */}}
{{- define "linkwell.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Where pods of a component are put: dict "root" $ "component" "manager" "values" .Values.manager. */}}
{{- define "linkwell.placement" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "linkwell.selector" . | nindent 8 }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The variables that manager, connector and doctor share. */}}
{{- define "linkwell.environment" -}}
- name: NATS_URL
  value: {{ include "linkwell.natsURL" . | quote }}
{{- if include "linkwell.natsUsers" . }}
- name: NATS_CREDS
  value: /etc/linkwell/nats/creds
{{- end }}
{{- if and .Values.broker.tls.enabled .Values.broker.tls.caSecret }}
- name: NATS_CA
  value: /etc/linkwell/nats-ca/ca.crt
{{- end }}
{{- if and .Values.broker.tls.enabled .Values.broker.tls.clientSecret }}
- name: NATS_CERT
  value: /etc/linkwell/nats-client/tls.crt
- name: NATS_KEY
  value: /etc/linkwell/nats-client/tls.key
{{- end }}
- name: GATEWAY_URL
  value: {{ .Values.gateway.url | quote }}
- name: CHECK_TIMEOUT
  value: {{ .Values.checks.timeoutSeconds }}s
- name: LOG_LEVEL
  value: {{ .Values.log.level }}
- name: LOG_FORMAT
  value: {{ .Values.log.format }}
{{- with .Values.tracing.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Where the links are, for manager and doctor: SQLite's volume is mounted at /data. */}}
{{- define "linkwell.databaseEnvironment" -}}
{{- if .Values.database.sqlite.enabled -}}
- name: DATA_DIR
  value: /data
{{- else -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.key }}
{{- end }}
{{- end }}

{{/* The password of the gateway, for connector and doctor: a variable, a mount, a volume. */}}
{{- define "linkwell.gatewayEnvironment" -}}
{{- if .Values.gateway.basicAuthSecret -}}
- name: GATEWAY_AUTH_DIR
  value: /etc/linkwell/gateway
{{- end }}
{{- end }}

{{- define "linkwell.gatewayMount" -}}
{{- if .Values.gateway.basicAuthSecret -}}
- name: gateway
  mountPath: /etc/linkwell/gateway
  readOnly: true
{{- end }}
{{- end }}

{{- define "linkwell.gatewayVolume" -}}
{{- with .Values.gateway.basicAuthSecret -}}
- name: gateway
  secret:
    secretName: {{ . }}
    defaultMode: 0440
    items:
      - key: basic-auth-user
        path: basic-auth-user
      - key: basic-auth-password
        path: basic-auth-password
{{- end }}
{{- end }}

{{/* The files of NATS, as mounts and as volumes: dict "root" $ "component" "manager". */}}
{{- define "linkwell.natsMounts" -}}
{{- if include "linkwell.natsUsers" .root }}
- name: nats
  mountPath: /etc/linkwell/nats
  readOnly: true
{{- end }}
{{- with .root.Values.broker.tls }}
{{- if and .enabled .caSecret }}
- name: nats-ca
  mountPath: /etc/linkwell/nats-ca
  readOnly: true
{{- end }}
{{- if and .enabled .clientSecret }}
- name: nats-client
  mountPath: /etc/linkwell/nats-client
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "linkwell.natsVolumes" -}}
{{- with include "linkwell.natsUsers" .root }}
- name: nats
  secret:
    secretName: {{ . }}
    defaultMode: 0440
    items:
      - key: {{ $.component }}.creds
        path: creds
{{- end }}
{{- with .root.Values.broker.tls }}
{{- if and .enabled .caSecret }}
- name: nats-ca
  secret:
    secretName: {{ .caSecret }}
    defaultMode: 0440
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- if and .enabled .clientSecret }}
- name: nats-client
  secret:
    secretName: {{ .clientSecret }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end }}
