{{/* What servers read below /etc/inventory, each in a folder of its own. Whole folders are mounted, since Kubernetes
     renews no single files. */}}

{{/* A map from a folder's name to what is in it: kind, the object's name, and a map from its keys to file names; no
     keys means all of them. */}}
{{- define "inventory.folders" -}}
{{- $v := .Values -}}
{{- $fullname := include "inventory.fullname" . -}}
{{- $folders := dict
      "config" (dict "kind" "configMap" "name" $fullname "items" (dict "server.toml" "server.toml"))
      "database" (dict "kind" "secret" "name" (include "inventory.databaseSecret" .)
        "items" (dict (include "inventory.databaseKey" .) "password")) -}}
{{- with include "inventory.tlsSecret" . -}}
{{- $_ := set $folders "tls" (dict "kind" "secret" "name" . "items" (dict "tls.crt" "tls.crt" "tls.key" "tls.key")) -}}
{{- end -}}
{{- with include "inventory.policyConfigMap" . -}}
{{- $_ := set $folders "policy" (dict "kind" "configMap" "name" .
      "items" (dict (include "inventory.policyKey" $) "policy.json")) -}}
{{- end -}}
{{- if $v.auth.jwt.keys -}}
{{- $_ := set $folders "jwt" (dict "kind" "configMap" "name" (printf "%s-jwt" $fullname)
      "items" (dict "keys.json" "keys.json")) -}}
{{- end -}}
{{- if and $v.eventFeed.url $v.eventFeed.secret.name -}}
{{- $_ := set $folders "event-feed" (dict "kind" "secret" "name" $v.eventFeed.secret.name
      "items" (dict $v.eventFeed.secret.key "secrets")) -}}
{{- end -}}
{{- if and $v.tracing.endpoint $v.tracing.headers.name -}}
{{- $_ := set $folders "otlp" (dict "kind" "secret" "name" $v.tracing.headers.name
      "items" (dict $v.tracing.headers.key "headers")) -}}
{{- end -}}
{{- with $v.webhooks.secrets -}}
{{- $_ := set $folders "webhooks" (dict "kind" "secret" "name" . "items" dict) -}}
{{- end -}}
{{- $authorities := dict "database-ca" $v.database.tls.ca "client-ca" $v.tls.clientCa "jwt-ca" $v.auth.jwt.keysCa
      "event-feed-ca" $v.eventFeed.ca "otlp-ca" $v.tracing.ca "webhook-ca" $v.webhooks.ca -}}
{{- range $folder, $ca := $authorities -}}
{{- if or $ca.secret $ca.configMap -}}
{{- $_ := set $folders $folder (include "inventory.caFolder" $ca | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- toYaml $folders -}}
{{- end }}

{{- define "inventory.databaseKey" -}}
{{- with .Values.database.existingSecret -}}{{- ternary .key "password" (ne .name "") -}}{{- end -}}
{{- end }}

{{- define "inventory.caFolder" -}}
{{- dict "kind" (ternary "secret" "configMap" (ne .secret "")) "name" (.secret | default .configMap)
      "items" (dict .key "ca.crt") | toYaml -}}
{{- end }}

{{/* Takes such a map. */}}
{{- define "inventory.volumes" -}}
{{- range $folder, $in := . }}
- name: {{ $folder }}
  {{ $in.kind }}:
    {{ ternary "secretName" "name" (eq $in.kind "secret") }}: {{ $in.name }}
    {{- if eq $in.kind "secret" }}
    defaultMode: 0440
    {{- end }}
    {{- with $in.items }}
    items:
      {{- range $key, $file := . }}
      - {key: {{ $key }}, path: {{ $file }}}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}

{{- define "inventory.volumeMounts" -}}
{{- range $folder, $in := . }}
- {name: {{ $folder }}, mountPath: /etc/inventory/{{ $folder }}, readOnly: true}
{{- end }}
{{- end }}
