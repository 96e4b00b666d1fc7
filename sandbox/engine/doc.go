// Package engine finds the engine that the Docker CLI would use and is the
// only place that makes a client for it.
//
// The order is the Docker CLI's own (docker/cli v28, resolveContextName and
// resolveDefaultDockerEndpoint): DOCKER_HOST, else DOCKER_CONTEXT, else
// currentContext in config.json of DOCKER_CONFIG (default ~/.docker), else the
// platform's default socket. Contexts, their TLS material and ssh:// hosts are
// read with the CLI's own packages, so that kihon and the learner's docker
// command never talk to two different engines.
//
// Finding and connecting ask the engine nothing; an engine that is down shows
// at the first use.
package engine
