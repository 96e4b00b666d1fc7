// Package testengine is a second Docker engine for tests that have to stop
// one: dockerd in a network namespace of its own, with its own data, its own
// sockets and its own cgroups, beside the machine's engine and unnoticed by it.
//
// Two engines in one network namespace would hand out the same addresses and
// overwrite each other's firewall rules; so published ports of this one are
// reached only from inside its namespace. Programs that need them are started
// with [Engine.Command], listeners with [Engine.Listen].
//
// It needs Linux, root and dockerd.
package testengine
