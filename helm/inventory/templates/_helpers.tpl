{{/* Names, labels and images. */}}

{{- define "inventory.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Short enough for what is put behind it: names of CronJobs have at most 52 characters. */}}
{{- define "inventory.fullname" -}}
{{- $name := include "inventory.name" . -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $both | trunc 45 | trimSuffix "-" -}}
{{- end }}

{{/* Takes a list of the root and the component's name. */}}
{{- define "inventory.selector" -}}
app.kubernetes.io/name: {{ include "inventory.name" (index . 0) }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels: those of the selector, those of everything, and, as a third in the list, further ones, which win over
     commonLabels. */}}
{{- define "inventory.labels" -}}
{{- $root := index . 0 -}}
{{- $further := dict -}}
{{- if gt (len .) 2 -}}{{- $further = index . 2 -}}{{- end -}}
{{ include "inventory.selector" (list $root (index . 1)) }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with merge dict $further $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "inventory.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "inventory.serviceAccount" -}}
{{- $account := .Values.serviceAccount -}}
{{- $account.name | default (ternary (include "inventory.fullname" .) "default" $account.create) -}}
{{- end }}

{{/* Of Jobs, the test and the database of this chart: one that is there before the release is. */}}
{{- define "inventory.jobAccount" -}}
{{- ternary "default" (include "inventory.serviceAccount" .) .Values.serviceAccount.create -}}
{{- end }}

{{/* The name by which callers in the cluster know the server. */}}
{{- define "inventory.host" -}}
{{ include "inventory.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end }}

{{/* The name in the server's certificate. */}}
{{- define "inventory.serverName" -}}
{{- .Values.tls.serverName | default (include "inventory.host" .) -}}
{{- end }}

{{/* The database of this chart: mariadb, mysql or empty. */}}
{{- define "inventory.ownDatabase" -}}
{{- if .Values.mariadb.enabled -}}mariadb{{- else if .Values.mysql.enabled -}}mysql{{- end -}}
{{- end }}

{{- define "inventory.databaseSecret" -}}
{{- .Values.database.existingSecret.name | default (printf "%s-database" (include "inventory.fullname" .)) -}}
{{- end }}

{{- define "inventory.migrations" -}}
{{- .Values.migrations.mode | default (ternary "start" "hook" (ne (include "inventory.ownDatabase" .) "")) -}}
{{- end }}

{{/* The Secret with the server's certificate; empty without TLS. */}}
{{- define "inventory.tlsSecret" -}}
{{- if .Values.tls.certManager.enabled -}}
{{ include "inventory.fullname" . }}-tls
{{- else -}}
{{ .Values.tls.existingSecret }}
{{- end -}}
{{- end }}

{{/* Where the authority of the server's certificate is: a map of secret or configMap, and key. */}}
{{- define "inventory.serverCa" -}}
{{- $ca := .Values.tls.serverCa -}}
{{- if or $ca.secret $ca.configMap -}}
{{- toYaml $ca -}}
{{- else -}}
{{- dict "secret" (include "inventory.tlsSecret" .) "configMap" "" "key" $ca.key | toYaml -}}
{{- end -}}
{{- end }}

{{/* The ConfigMap with the policy; empty without one. */}}
{{- define "inventory.policyConfigMap" -}}
{{- if .Values.auth.policy.bindings -}}
{{ include "inventory.fullname" . }}-policy
{{- else -}}
{{ .Values.auth.existingConfigMap.name }}
{{- end -}}
{{- end }}

{{- define "inventory.policyKey" -}}
{{- ternary "policy.json" .Values.auth.existingConfigMap.key (gt (len .Values.auth.policy.bindings) 0) -}}
{{- end }}

{{/* After the calls background work ends, and what is left of traces is posted, in twice the time of a post. */}}
{{- define "inventory.stopSeconds" -}}
{{- $stop := .Values.shutdown -}}
{{- $traces := 0.0 -}}
{{- if .Values.tracing.endpoint -}}
{{- $traces = mulf 2 (include "inventory.seconds" (toString (index .Values.config "otlp-timeout" | default "5s")) | float64) -}}
{{- end -}}
{{- add $stop.preStopSeconds $stop.drainDelaySeconds $stop.graceSeconds 10 (ceil $traces | int) -}}
{{- end }}

{{/* Of a duration, as 1h30m or 500ms. */}}
{{- define "inventory.seconds" -}}
{{- $units := dict "ms" 0.001 "s" 1 "m" 60 "h" 3600 -}}
{{- $seconds := 0.0 -}}
{{- range regexFindAll "[0-9.]+(ms|s|m|h)" . -1 -}}
{{- $unit := regexFind "[a-z]+" . -}}
{{- $seconds = addf $seconds (mulf (trimSuffix $unit .) (get $units $unit)) -}}
{{- end -}}
{{- $seconds -}}
{{- end }}

{{/* Not empty if callers must show a certificate. */}}
{{- define "inventory.certificateRequired" -}}
{{- $ca := .Values.tls.clientCa -}}
{{- if and (or $ca.secret $ca.configMap) (eq .Values.tls.clientAuth "require") -}}yes{{- end -}}
{{- end }}

{{/* Not empty if `helm test` has what it must show. */}}
{{- define "inventory.testable" -}}
{{- $test := .Values.test -}}
{{- $certificate := include "inventory.certificateRequired" . -}}
{{- $asked := or $certificate (include "inventory.policyConfigMap" .) -}}
{{- if or (not $asked) $test.clientCertificate (and $test.token.name (not $certificate)) -}}yes{{- end -}}
{{- end }}
