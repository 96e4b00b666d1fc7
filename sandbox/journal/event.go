package journal

import (
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/events"
)

// eventEntry makes an entry of an engine's event. Nobody of ours is known to be
// behind it.
func eventEntry(m events.Message) Entry {
	e := Entry{
		Time:   eventTime(m),
		Actor:  Other,
		Source: Event,
		Object: string(m.Type),
		Action: string(m.Action),
		ID:     m.Actor.ID,
		Name:   strings.TrimPrefix(m.Actor.Attributes["name"], "/"),
		Image:  m.Actor.Attributes["image"],
	}
	if m.Type == events.VolumeEventType {
		e.Name = m.Actor.ID
	}
	if code, err := strconv.Atoi(m.Actor.Attributes["exitCode"]); err == nil && m.Action == events.ActionDie {
		e.ExitCode = &code
	}
	return e
}

func eventTime(m events.Message) time.Time {
	if m.TimeNano != 0 {
		return time.Unix(0, m.TimeNano)
	}
	return time.Unix(m.Time, 0)
}

// key tells an event from every other one.
type key struct {
	nano             int64
	object, id, what string
}

func keyOf(e Entry) key { return key{e.Time.UnixNano(), e.Object, e.ID, e.Action} }

// changes reports whether an event tells of a change. The others tell of
// somebody who looked, of streams, and of what an exec or a health check did;
// they are not for the journal.
func changes(m events.Message) bool {
	switch m.Type {
	case events.ContainerEventType, events.ImageEventType, events.NetworkEventType, events.VolumeEventType:
	default:
		return false
	}
	switch m.Action {
	case events.ActionAttach, events.ActionDetach, events.ActionResize, events.ActionTop, events.ActionExport,
		events.ActionArchivePath, events.ActionCopy, events.ActionSave, events.ActionPush,
		events.ActionMount, events.ActionUnmount, events.ActionPrune:
		return false
	}
	return !strings.HasPrefix(string(m.Action), "exec_")
}

// alwaysStored reports whether an event tells what no call can: what became of
// a process.
func alwaysStored(m events.Message) bool {
	return m.Type == events.ContainerEventType && (m.Action == events.ActionDie || m.Action == events.ActionOOM ||
		strings.HasPrefix(string(m.Action), string(events.ActionHealthStatus)))
}
