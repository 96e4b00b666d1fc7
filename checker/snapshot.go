package checker

import (
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
)

// The actors of an Event and of a Container's maker.
const (
	Learner = "learner"
	Kihon   = "kihon"
)

// Event is one thing that happened, as the history facts and the findings see it.
type Event struct {
	Seq   int64
	Time  time.Time
	Actor string // Learner, Kihon, or anything else for somebody else
	// Kind is call (a changing API call with the engine's answer), event
	// (seen from outside), command (a command line ended in the sandbox) or gap.
	Kind     string
	Object   string
	Action   string
	ID, Name string
	Image    string
	Command  []string
	// Error is the engine's message when it refused the call, Status the
	// HTTP status of its answer.
	Error    string
	Status   int
	ExitCode *int
}

// Container is a container that a check asked about or that may explain why.
type Container struct {
	container.InspectResponse
	// Maker is Learner or Kihon when it was made through this home's sandbox;
	// empty when it is somebody else's.
	Maker string
}

// ShortName returns the name without the slash that the API puts before it.
func (c *Container) ShortName() string {
	if len(c.Name) > 0 && c.Name[0] == '/' {
		return c.Name[1:]
	}
	return c.Name
}

// MadeAt is when it was made, by the engine's clock; zero when that is not known.
func (c *Container) MadeAt() time.Time {
	made, err := time.Parse(time.RFC3339Nano, c.Created)
	if err != nil {
		return time.Time{}
	}
	return made
}

// HTTPAnswer is what a URL answered, or why it did not.
type HTTPAnswer struct {
	Status int
	Body   []byte // capped
	Err    string // empty when there was an answer
}

// File is a file read out of a container.
type File struct {
	Exists  bool
	Content []byte // capped
	// Changed says that it differs from the image's own: added or modified.
	Changed bool
}

// FileKey names a file in a container.
type FileKey struct{ Container, Path string }

// Snapshot is what was gathered for one task at one moment. Comparing looks at
// nothing else.
type Snapshot struct {
	// Time is when it was gathered, by this computer's clock.
	Time time.Time
	// Containers holds what answers to each name that the checks mention;
	// there is no entry for a name that nothing answers to.
	Containers map[string]*Container
	// Images holds what each mentioned reference points at.
	Images map[string]*image.InspectResponse
	HTTP   map[string]HTTPAnswer // by URL
	Files  map[FileKey]File
	// Originals holds digests (SHA-256, hex) of files as the image of the
	// container has them, where they are known; then Files has no entry.
	Originals map[FileKey]string
	// Events is the record since the task began, in order.
	Events []Event
	// Answer is the typed answer; Answered says whether there is one.
	Answer   string
	Answered bool
	// Clues is gathered only after a check did not hold.
	Clues *Clues
}

// Clues may explain why a check does not hold.
type Clues struct {
	// Mine are all containers of this home, newest first.
	Mine []*Container
	// Logs holds the last lines of containers that ended, by ID, without
	// terminal control sequences.
	Logs map[string][]string
	// Started lists the names in Task.Start that nothing answers to.
	StartMissing []string
	// ExposedPorts are an image's own declared ports, by image ID
	// ("80/tcp"). A container's own list is of no use: -p 80:8080 writes
	// 8080/tcp into it.
	ExposedPorts map[string][]string
	// EmptyMounts lists the places inside a container, by its ID, where an
	// empty folder of the host is mounted.
	EmptyMounts map[string][]string
}

// Task is an exercise as the checker sees it, all variables replaced.
type Task struct {
	// ID is the full one, LESSON/EXERCISE.
	ID     string
	Checks []Check
	// Start lists the names of the containers of the starting state.
	Start []string
	// Solution is the lesson's own way, used where no better advice can be
	// made from the facts.
	Solution []string
	// Others are the containers that other exercises ask for. They are not
	// taken for an attempt at this one, however near their names are.
	Others []string
	// FromSeq is the place in the journal where the attempt began; CheckedSeq
	// the one of the last check, at least FromSeq.
	FromSeq, CheckedSeq int64
}
