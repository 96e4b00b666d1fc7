package journal

import (
	"slices"
	"time"

	"github.com/docker/docker/api/types/events"
)

// causes lists, for each event, the calls that bring it about (seen on engine
// 20.10: docker stop sends kill, kill, die, stop; docker commit sends pause and
// unpause; a start that fails for its port sends disconnect).
func causes(object, event string) []string {
	switch object + " " + event {
	case "container start":
		return []string{"start", "restart"}
	case "container stop":
		return []string{"stop", "restart"}
	case "container kill":
		return []string{"kill", "stop", "restart", "destroy"}
	case "container pause", "container unpause":
		return []string{event, "commit"}
	case "image tag":
		return []string{"tag", "commit", "build", "import", "load", "pull"}
	case "image untag", "image delete":
		return []string{"untag", "delete"}
	case "network connect", "network disconnect":
		return []string{"connect", "disconnect"}
	}
	return []string{event}
}

// How far the time of a call, which is that of its answer, may be from the time
// of an event that it explains. The answer comes after the event, except that a
// connection may be slower than the other. docker stop answers when the
// container's time to end is over.
const (
	answeredBefore = 2 * time.Second
	answeredAfter  = 5 * time.Second
	stopTakes      = 2 * time.Minute
)

// onceOnly reports whether a call brings about one event of this kind at most.
// Signals, networks and names come in numbers.
func onceOnly(m events.Message) bool {
	return m.Type == events.ContainerEventType && m.Action != events.ActionKill
}

// explains reports whether the call e is behind an event that came at this
// time of this computer's clock.
func explains(e Entry, m events.Message, came time.Time) bool {
	if e.Source != Call {
		return false
	}
	after := answeredAfter
	if m.Action == events.ActionKill {
		after = stopTakes
	}
	if gap := e.Time.Sub(came); gap < -answeredBefore || gap > after {
		return false
	}
	if e.Object == string(m.Type) && slices.Contains(causes(e.Object, string(m.Action)), e.Action) {
		name := m.Actor.Attributes["name"]
		return e.ID == m.Actor.ID || m.Type == events.ImageEventType && e.Name != "" && (e.Name == m.Actor.ID || e.Name == name)
	}
	// A container joins its networks when it starts, and leaves them when it ends.
	return m.Type == events.NetworkEventType && e.Object == string(events.ContainerEventType) &&
		(m.Action == events.ActionConnect || m.Action == events.ActionDisconnect) &&
		e.ID != "" && e.ID == m.Actor.Attributes["container"]
}
