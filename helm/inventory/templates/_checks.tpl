{{/* What values may not say together. */}}

{{- define "inventory.checks" -}}
{{- include "inventory.checkName" . -}}
{{- if not .Values.image.repository -}}
{{- fail "image.repository is needed: where you have put the image that the project's Dockerfile makes" -}}
{{- end -}}
{{- include "inventory.checkDatabase" . -}}
{{- include "inventory.checkTls" . -}}
{{- include "inventory.checkCallers" . -}}
{{- include "inventory.checkStop" . -}}
{{- include "inventory.checkReceivers" . -}}
{{- include "inventory.checkNetwork" . -}}
{{- include "inventory.checkWatching" . -}}
{{- include "inventory.checkAuthorities" . -}}
{{- with .Values.autoscaling -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Takes a list of what was chosen; fails with the message, behind it, unless one was. */}}
{{- define "inventory.one" -}}
{{- $chosen := 0 -}}
{{- range index . 0 -}}{{- if . -}}{{- $chosen = add1 $chosen -}}{{- end -}}{{- end -}}
{{- if ne (int $chosen) 1 -}}{{- fail (index . 1) -}}{{- end -}}
{{- end }}

{{/* Kubernetes would say so only after the migration. */}}
{{- define "inventory.checkName" -}}
{{- $name := include "inventory.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "%s can't be the name of a Service, which has no dots and starts with a letter: give fullnameOverride"
      $name) -}}
{{- end -}}
{{- end }}

{{- define "inventory.checkDatabase" -}}
{{- $database := .Values.database -}}
{{- $own := include "inventory.ownDatabase" . -}}
{{- include "inventory.one" (list (list $database.hosts .Values.mariadb.enabled .Values.mysql.enabled)
      "a database is needed: give one of database.hosts, mariadb.enabled=true and mysql.enabled=true") -}}
{{- if and $database.existingSecret.name $database.password -}}
{{- fail "database.existingSecret and database.password are both given; give one of them" -}}
{{- end -}}
{{- if not (or $own $database.existingSecret.name $database.password) -}}
{{- fail "the database's password is needed: give database.existingSecret.name, or database.password" -}}
{{- end -}}
{{- if and $own (or $database.tls.ca.secret $database.tls.ca.configMap .Values.readReplica.host) -}}
{{- fail (cat "the database of this chart has neither a certificate nor a replica;"
      "leave out database.tls and readReplica") -}}
{{- end -}}
{{- if and $own (eq (include "inventory.migrations" .) "hook") -}}
{{- fail "migrations.mode=hook runs before the database of this chart is there; use start" -}}
{{- end -}}
{{- if ne (not .Values.migrations.user) (not .Values.migrations.existingSecret.name) -}}
{{- fail "migrations.user and migrations.existingSecret.name go together" -}}
{{- end -}}
{{- if and .Values.migrations.user (ne (include "inventory.migrations" .) "hook") -}}
{{- fail "migrations.user is for migrations.mode=hook; the schema is brought up to date by others here" -}}
{{- end -}}
{{- end }}

{{- define "inventory.checkTls" -}}
{{- $tls := .Values.tls -}}
{{- include "inventory.one" (list (list $tls.existingSecret $tls.certManager.enabled $tls.plaintext)
      (cat "TLS is needed: give one of tls.existingSecret and tls.certManager.enabled=true, or tls.plaintext=true"
        "where something else encrypts")) -}}
{{- if and $tls.certManager.enabled (not $tls.certManager.issuer.name) -}}
{{- fail "tls.certManager.issuer.name is needed" -}}
{{- end -}}
{{- if $tls.plaintext -}}
{{- range list "clientCa" "serverCa" -}}
{{- $ca := get $tls . -}}
{{- if or $ca.secret $ca.configMap -}}{{- fail (printf "tls.%s needs TLS, but tls.plaintext is true" .) -}}{{- end -}}
{{- end -}}
{{- if $tls.serverName -}}{{- fail "tls.serverName needs TLS, but tls.plaintext is true" -}}{{- end -}}
{{- if .Values.test.clientCertificate -}}
{{- fail "test.clientCertificate needs TLS, but tls.plaintext is true" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "inventory.checkCallers" -}}
{{- $auth := .Values.auth -}}
{{- $ca := .Values.tls.clientCa -}}
{{- $certified := or $ca.secret $ca.configMap -}}
{{- $jwt := or $auth.jwt.keysUrl $auth.jwt.keys -}}
{{- if and $auth.policy.bindings $auth.existingConfigMap.name -}}
{{- fail "auth.policy.bindings and auth.existingConfigMap are both given; give one of them" -}}
{{- end -}}
{{- if include "inventory.policyConfigMap" . -}}
{{- if $auth.anonymous -}}{{- fail "auth.anonymous contradicts the policy" -}}{{- end -}}
{{- if not (or $certified $jwt) -}}
{{- fail (cat "callers have nothing to show who they are:"
      "give tls.clientCa for certificates, auth.jwt for tokens, or both") -}}
{{- end -}}
{{- else -}}
{{- if $jwt -}}{{- fail "auth.jwt needs a policy, which says who may do what" -}}{{- end -}}
{{- if not (or $auth.anonymous (include "inventory.certificateRequired" .)) -}}
{{- fail (cat "who may call? Give auth.policy.bindings or auth.existingConfigMap; or tls.clientCa, to let in"
      "whoever has a certificate; or auth.anonymous=true where something else keeps others out") -}}
{{- end -}}
{{- end -}}
{{- if $jwt -}}
{{- include "inventory.one" (list (list $auth.jwt.keysUrl $auth.jwt.keys)
      "give one of auth.jwt.keysUrl and auth.jwt.keys") -}}
{{- if not (and $auth.jwt.issuer $auth.jwt.audience) -}}
{{- fail "auth.jwt.issuer and auth.jwt.audience are needed" -}}
{{- end -}}
{{- if .Values.tls.plaintext -}}{{- fail "tokens are only taken over TLS, but tls.plaintext is true" -}}{{- end -}}
{{- end -}}
{{- end }}

{{- define "inventory.checkStop" -}}
{{- $given := int .Values.terminationGracePeriodSeconds -}}
{{- $needed := int (include "inventory.stopSeconds" .) -}}
{{- if and $given (lt $given $needed) -}}
{{- fail (printf "terminationGracePeriodSeconds=%d kills a server before it has stopped: shutdown needs %d; 0: computed"
      $given $needed) -}}
{{- end -}}
{{- end }}

{{/* Nothing that is set is left without effect. */}}
{{- define "inventory.checkReceivers" -}}
{{- $feed := .Values.eventFeed -}}
{{- if and (not $feed.url) (or $feed.secret.name $feed.ca.secret $feed.ca.configMap) -}}
{{- fail "eventFeed.secret and eventFeed.ca need eventFeed.url" -}}
{{- end -}}
{{- $tracing := .Values.tracing -}}
{{- if and (not $tracing.endpoint) (or $tracing.headers.name $tracing.ca.secret $tracing.ca.configMap) -}}
{{- fail "tracing.headers and tracing.ca need tracing.endpoint" -}}
{{- end -}}
{{- end }}

{{/* What other values turn on is not cut off in silence. */}}
{{- define "inventory.checkNetwork" -}}
{{- $v := .Values -}}
{{- if $v.networkPolicy.enabled -}}
{{- $reached := dict "auth.jwt.keysUrl" $v.auth.jwt.keysUrl "eventFeed.url" $v.eventFeed.url
      "tracing.endpoint" $v.tracing.endpoint "webhooks.secrets" $v.webhooks.secrets
      "config.webhook-hosts" (index $v.config "webhook-hosts") -}}
{{- range $name, $set := $reached -}}
{{- if and $set (not $v.networkPolicy.egress) -}}
{{- fail (printf "%s is set, but networkPolicy lets servers reach the database alone: give networkPolicy.egress"
      $name) -}}
{{- end -}}
{{- end -}}
{{- if and $v.metrics.serviceMonitor.enabled (not $v.networkPolicy.metricsFrom) -}}
{{- fail (cat "metrics.serviceMonitor is on, but networkPolicy lets this namespace alone read metrics: say in"
      "networkPolicy.metricsFrom where Prometheus is; [{podSelector: {}}] if it is here") -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "inventory.checkWatching" -}}
{{- $rules := .Values.metrics.rules -}}
{{- $refresh := index .Values.config "jwt-keys-refresh" | default "5m" -}}
{{- if and $rules.enabled (gt (include "inventory.seconds" $refresh | float64) 1800.0) -}}
{{- fail (printf "config.jwt-keys-refresh=%s, but the alert InventoryTokenKeysStale takes keys of 30m for stale" $refresh) -}}
{{- end -}}
{{- if and $rules.enabled (not $rules.runbook) -}}
{{- fail "metrics.rules.runbook is needed: the address at which server/RUNBOOK.md is read, to which alerts link" -}}
{{- end -}}
{{- end }}

{{- define "inventory.checkAuthorities" -}}
{{- $v := .Values -}}
{{- $all := dict "database.tls.ca" $v.database.tls.ca "tls.clientCa" $v.tls.clientCa "tls.serverCa" $v.tls.serverCa
      "auth.jwt.keysCa" $v.auth.jwt.keysCa "eventFeed.ca" $v.eventFeed.ca "tracing.ca" $v.tracing.ca
      "webhooks.ca" $v.webhooks.ca -}}
{{- range $name, $ca := $all -}}
{{- if and $ca.secret $ca.configMap -}}
{{- fail (printf "%s names a Secret and a ConfigMap; give one of them" $name) -}}
{{- end -}}
{{- end -}}
{{- end }}
