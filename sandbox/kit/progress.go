package kit

import "sync"

// Stage is what is being done. The values are keys for a message catalogue.
type Stage string

// The stages.
const (
	StageWait   Stage = "wait"   // another process writes to the cache
	StageSweep  Stage = "sweep"  // leftovers of a killed build are removed
	StageBase   Stage = "base"   // the base is made out of packages
	StageImport Stage = "import" // the base goes into the engine; bytes
	StageBuild  Stage = "build"  // an image is built; steps of its Dockerfile
	StageExport Stage = "export" // built images come out of the engine; bytes
	StagePull   Stage = "pull"   // an image comes from a registry; bytes
	StageLoad   Stage = "load"   // images go into the engine; bytes
	StageSave   Stage = "save"   // the kit is written to one file; bytes
	StageUnpack Stage = "unpack" // a kit is read from one file; bytes
	StageVerify Stage = "verify" // digests are computed again; bytes
)

// State says where in its stage a step is. Every Started is followed by one
// Finished of the same stage and image, unless the call returns an error.
type State string

// The states.
const (
	Started  State = "started"
	Running  State = "running"
	Finished State = "finished"
)

// Reason says why a stage is entered that is not the first choice.
type Reason string

// The reasons.
const (
	ReasonNoRegistry    Reason = "no_registry"    // no registry can be reached, so the image is built
	ReasonPullFailed    Reason = "pull_failed"    // the registry refused, so the image is built; Detail says why
	ReasonCorrupt       Reason = "corrupt"        // the kit's copy is damaged, so it is made anew; Detail names the blob
	ReasonHostNetwork   Reason = "host_network"   // a container could not reach the mirror, so the build uses the host's network
	ReasonNoDebootstrap Reason = "no_debootstrap" // debootstrap is missing and is installed first
)

// Step is one piece of news about a long call.
type Step struct {
	Stage Stage
	State State
	// Image is the full name of the image concerned, empty when the step
	// concerns several or none.
	Image string
	// Done and Total count bytes, or steps of a Dockerfile for StageBuild.
	// Total is 0 while it is not known.
	Done, Total int64
	// Detail is a line printed by a program at work (debootstrap, apt-get),
	// or the error behind Reason. It is the program's own English.
	Detail string
	Reason Reason
}

// Progress receives the steps of a long call, one at a time and in order. It
// must not block. A nil Progress is allowed.
type Progress func(Step)

// reporter is a Progress that may be called by several goroutines.
type reporter func(Step)

func newReporter(p Progress) reporter {
	if p == nil {
		return func(Step) {}
	}
	var mu sync.Mutex
	return func(s Step) {
		mu.Lock()
		defer mu.Unlock()
		p(s)
	}
}

// stage reports the start, and returns what reports the end.
func (r reporter) stage(s Step) (finish func()) {
	s.State = Started
	r(s)
	return func() {
		s.State, s.Done, s.Detail = Finished, s.Total, ""
		r(s)
	}
}

// meter turns bytes that pass into steps: about a hundred for each total, and
// one for every 4 MB where the total is not known.
type meter struct {
	mu     sync.Mutex
	report reporter
	step   Step
	next   int64
}

func (r reporter) meter(s Step) *meter {
	s.State = Running
	return &meter{report: r, step: s}
}

// add counts n bytes. It may be called by several goroutines.
func (m *meter) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step.Done += n
	if m.step.Done < m.next {
		return
	}
	every := m.step.Total / 100
	if m.step.Total == 0 {
		every = 4 << 20
	}
	m.next = m.step.Done + max(every, 64<<10)
	m.report(m.step)
}

// Write makes a meter the second end of an io.TeeReader.
func (m *meter) Write(p []byte) (int, error) {
	m.add(int64(len(p)))
	return len(p), nil
}
