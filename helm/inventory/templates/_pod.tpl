{{/* What pods have in common. */}}

{{/* In line with the Pod Security Standard "restricted". */}}
{{- define "inventory.podSecurityContext" -}}
runAsNonRoot: true
{{- with int .Values.runAs }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "inventory.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "inventory.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A probe of the HTTP port at the path, behind the root. */}}
{{- define "inventory.httpProbe" -}}
{{- $root := index . 0 -}}
{{- $https := and (include "inventory.tlsSecret" $root) (not $root.Values.metrics.plaintext) -}}
httpGet: {path: {{ index . 1 }}, port: metrics, scheme: {{ ternary "HTTPS" "HTTP" (not (not $https)) }}}
{{- end }}

{{- define "inventory.readyProbe" -}}
{{- if include "inventory.tlsSecret" . -}}
{{ include "inventory.httpProbe" (list . "/readyz") }}
{{- else -}}
grpc: {port: 50051}
{{- end -}}
{{- end }}

{{/* On which nodes a pod may run. Takes a list of the root and what of the affinity holds for it. */}}
{{- define "inventory.nodes" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with index . 1 }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Of all pods but servers: what these say of other pods would keep a Job from nodes with servers. */}}
{{- define "inventory.jobNodes" -}}
{{- include "inventory.nodes" (list . (pick .Values.affinity "nodeAffinity")) -}}
{{- end }}

{{/* Of servers. */}}
{{- define "inventory.placing" -}}
{{- if .Values.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: {{ $.Values.topologySpread.whenUnsatisfiable }}
    # Old and new servers of a rollout are not weighed against each other.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "inventory.selector" (list $ "server") | nindent 8 }}
  {{- end }}
{{- end }}
{{- include "inventory.nodes" (list . .Values.affinity) }}
{{- end }}

{{/* The template of a Job's pod. Takes a list of the root, the component's name, and a map of args, the folders and
     its values. */}}
{{- define "inventory.jobPod" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $job := index . 2 -}}
metadata:
  labels:
    {{- include "inventory.labels" (list $root $component $job.values.podLabels) | nindent 4 }}
  {{- with $job.values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  restartPolicy: Never
  serviceAccountName: {{ include "inventory.jobAccount" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with include "inventory.pullSecrets" $root }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  securityContext:
    {{- include "inventory.podSecurityContext" $root | nindent 4 }}
  containers:
    - name: {{ $component }}
      image: {{ include "inventory.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command: [/usr/bin/inventory-server]
      args:
        {{- toYaml $job.args | nindent 8 }}
        - --database-password-file=/etc/inventory/database/password
        {{- range $option, $value := pick $root.Values.config "database-connect-timeout" "log-format" "log-level" }}
        - --{{ $option }}={{ $value }}
        {{- end }}
      securityContext:
        {{- include "inventory.securityContext" $root | nindent 8 }}
      resources:
        {{- toYaml $job.values.resources | nindent 8 }}
      volumeMounts:
        {{- include "inventory.volumeMounts" $job.folders | trim | nindent 8 }}
  volumes:
    {{- include "inventory.volumes" $job.folders | trim | nindent 4 }}
  {{- with include "inventory.jobNodes" $root }}
  {{- . | trim | nindent 2 }}
  {{- end }}
{{- end }}
