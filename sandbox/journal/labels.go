package journal

// The labels that the sandbox puts on the containers, volumes and networks it
// creates. They are the copy of the journal that survives a crash between the
// engine's answer and our writing it down.
const (
	// LabelHome holds the ID of the home (one learner) the object belongs to.
	LabelHome = "dev.kihon.home"
	// LabelActor holds who made it: "learner" or "kihon".
	LabelActor = "dev.kihon.actor"
)
