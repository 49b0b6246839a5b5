{{/* server.toml: the options that follow from other values, then those of `config`. */}}

{{/* Takes hosts as a list, the user, the database's name and whether there is an authority. */}}
{{- define "inventory.databaseUrl" -}}
mysql://{{ .user | urlquery | replace "+" "%20" }}@{{ join "," .hosts }}/{{ .name | urlquery | replace "+" "%20" }}
{{- if .tls }}?tls_ca=/etc/inventory/database-ca/ca.crt{{ end -}}
{{- end }}

{{/* What inventory.databaseUrl takes, of the primary. */}}
{{- define "inventory.database" -}}
{{- $database := .Values.database -}}
{{- $own := include "inventory.ownDatabase" . -}}
{{- $hosts := ternary (list (printf "%s-%s" (include "inventory.fullname" .) $own)) $database.hosts (ne $own "") -}}
{{- $tls := or $database.tls.ca.secret $database.tls.ca.configMap -}}
{{- dict "hosts" $hosts "user" $database.user "name" $database.name "tls" (not (not $tls)) | toYaml -}}
{{- end }}

{{- define "inventory.toml" -}}
{{- $tls := include "inventory.tlsSecret" . -}}
{{- $database := include "inventory.database" . | fromYaml -}}
listen = "{{ .Values.listenHost }}:50051"
metrics-listen = "{{ .Values.listenHost }}:9464"
drain-delay = "{{ int .Values.shutdown.drainDelaySeconds }}s"
shutdown-grace = "{{ int .Values.shutdown.graceSeconds }}s"

database-url = {{ include "inventory.databaseUrl" $database | quote }}
database-password-file = "/etc/inventory/database/password"
migrate-on-start = {{ eq (include "inventory.migrations" .) "start" }}
{{- with .Values.readReplica.host }}
read-database-url = {{ include "inventory.databaseUrl" (merge (dict "hosts" (list .)) $database) | quote }}
{{- end }}
{{ if $tls }}
tls-cert-file = "/etc/inventory/tls/tls.crt"
tls-key-file = "/etc/inventory/tls/tls.key"
{{- with .Values.tls.clientCa }}
{{- if or .secret .configMap }}
tls-client-ca-file = "/etc/inventory/client-ca/ca.crt"
tls-client-auth = "{{ $.Values.tls.clientAuth }}"
{{- end }}
{{- end }}
{{- if .Values.metrics.plaintext }}
metrics-allow-plaintext = true
{{- else }}
metrics-tls = "on"
{{- end }}
{{- else }}
allow-plaintext = true
metrics-allow-plaintext = true
{{- end }}
{{- include "inventory.tomlCallers" . }}
{{- include "inventory.tomlTold" . }}
{{- range $name, $value := .Values.config }}
{{ $name }} = {{ toRawJson $value }}
{{- end }}
{{- end }}

{{- define "inventory.tomlCallers" -}}
{{- with .Values.auth }}
{{ if .anonymous }}
allow-unauthenticated = true
{{- end }}
{{- if include "inventory.policyConfigMap" $ }}
auth-policy-file = "/etc/inventory/policy/policy.json"
{{- end }}
{{- if or .jwt.keysUrl .jwt.keys }}
jwt-keys = {{ .jwt.keysUrl | default "/etc/inventory/jwt/keys.json" | quote }}
jwt-issuer = {{ .jwt.issuer | quote }}
jwt-audience = {{ .jwt.audience | quote }}
{{- if or .jwt.keysCa.secret .jwt.keysCa.configMap }}
jwt-keys-ca-file = "/etc/inventory/jwt-ca/ca.crt"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "inventory.tomlTold" -}}
{{- with .Values.eventFeed }}
{{- if .url }}
event-feed-url = {{ .url | quote }}
{{- if .secret.name }}
event-feed-secret = "/etc/inventory/event-feed/secrets"
{{- end }}
{{- if or .ca.secret .ca.configMap }}
event-feed-ca-file = "/etc/inventory/event-feed-ca/ca.crt"
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.tracing }}
{{- if .endpoint }}
otlp-endpoint = {{ .endpoint | quote }}
{{- if .headers.name }}
otlp-headers-file = "/etc/inventory/otlp/headers"
{{- end }}
{{- if or .ca.secret .ca.configMap }}
otlp-ca-file = "/etc/inventory/otlp-ca/ca.crt"
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.webhooks }}
{{- if .secrets }}
webhook-secrets = "/etc/inventory/webhooks"
{{- end }}
{{- if or .ca.secret .ca.configMap }}
webhook-ca-file = "/etc/inventory/webhook-ca/ca.crt"
{{- end }}
{{- end }}
{{- end }}
