package lessons

import "kihon/checker"

// ExercisesFile is a lesson's exercises.yaml: all that is the same in every
// language.
type ExercisesFile struct {
	FormatVersion int `yaml:"format_version" json:"format_version" jsonschema:"required,enum=1"`
	// Images are what the lesson's commands need in the engine.
	Images    []string            `yaml:"images,omitempty" json:"images,omitempty"`
	Variables map[string]Variable `yaml:"variables,omitempty" json:"variables,omitempty"`
	Exercises []Exercise          `yaml:"exercises" json:"exercises" jsonschema:"required"`
}

// Variable is a value that may have to be another one on the learner's machine.
type Variable struct {
	// Kind is port (a host port), container (a container's name) or word (a
	// word drawn at random for each attempt).
	Kind string `yaml:"kind" json:"kind" jsonschema:"required,enum=port,enum=container,enum=word"`
	// Default is what the text shows.
	Default string `yaml:"default" json:"default" jsonschema:"required,oneof_type=string;integer"`
}

// The kinds of exercises.
const (
	HandsOn = "hands_on"
	Quiz    = "quiz"
)

// Exercise is something to do and how it is judged.
type Exercise struct {
	ID   string `yaml:"id" json:"id" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$"`
	Kind string `yaml:"kind" json:"kind" jsonschema:"required,enum=hands_on,enum=quiz"`
	// Needs are what must be there for the exercise to be possible.
	Needs []string `yaml:"needs,omitempty" json:"needs,omitempty" jsonschema:"enum=guard,enum=private-engine,enum=root"`
	// Start is the starting state, made by kihon.
	Start []Start `yaml:"start,omitempty" json:"start,omitempty"`
	// Checks are the facts that must hold.
	Checks []checker.Check `yaml:"checks" json:"checks" jsonschema:"required"`
	// Solution is the way that the lesson shows, as lines for a POSIX shell
	// in the workspace.
	Solution []string `yaml:"solution,omitempty" json:"solution,omitempty"`
	// Routes are other right ways. Each must pass.
	Routes []Route `yaml:"routes,omitempty" json:"routes,omitempty"`
	// Mistakes are wrong ways that people take. Each must be not yet, with
	// its code first, and that finding's commands must lead to a pass.
	Mistakes []Mistake `yaml:"mistakes,omitempty" json:"mistakes,omitempty"`
}

// Start is one part of a starting state. Exactly one field is set.
type Start struct {
	Container *StartContainer `yaml:"container,omitempty" json:"container,omitempty"`
	File      *StartFile      `yaml:"file,omitempty" json:"file,omitempty"`
}

// StartContainer is a container that is there when the exercise begins. One
// that the learner made before is used as it is.
type StartContainer struct {
	Name  string `yaml:"name" json:"name" jsonschema:"required"`
	Image string `yaml:"image" json:"image" jsonschema:"required"`
	// State is running or exited.
	State string `yaml:"state" json:"state" jsonschema:"required,enum=running,enum=exited"`
	// Ports are written HOST:INSIDE.
	Ports []string `yaml:"ports,omitempty" json:"ports,omitempty"`
}

// StartFile is a file that is laid into the workspace, its variables replaced.
type StartFile struct {
	// Path is where, below the workspace; From is the file in the lesson's folder.
	Path string `yaml:"path" json:"path" jsonschema:"required"`
	From string `yaml:"from" json:"from" jsonschema:"required"`
}

// Route is a right way.
type Route struct {
	Name     string   `yaml:"name" json:"name" jsonschema:"required"`
	Commands []string `yaml:"commands" json:"commands" jsonschema:"required"`
}

// Mistake is a known wrong way.
type Mistake struct {
	Name string `yaml:"name" json:"name" jsonschema:"required"`
	// Row is the mistake's row in the catalogue of newcomers' mistakes; 0
	// when it has none.
	Row      int      `yaml:"row,omitempty" json:"row,omitempty"`
	Commands []string `yaml:"commands" json:"commands" jsonschema:"required"`
	// Code is the code of the first finding.
	Code string `yaml:"code" json:"code" jsonschema:"required"`
	// Advice is manual when the finding's commands alone cannot lead to a
	// pass; Reason says why.
	Advice string `yaml:"advice,omitempty" json:"advice,omitempty" jsonschema:"enum=manual"`
	Reason string `yaml:"reason,omitempty" json:"reason,omitempty"`
}

// Names returns the containers that the exercise names, in its checks and in
// its starting state: those that a reset may touch.
func (e Exercise) Names() []string {
	var names []string
	seen := map[string]bool{"": true}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, s := range e.Start {
		if s.Container != nil {
			add(s.Container.Name)
		}
	}
	for _, c := range e.Checks {
		add(c.ContainerName())
	}
	return names
}

// StartNames returns the containers of the starting state.
func (e Exercise) StartNames() []string {
	var names []string
	for _, s := range e.Start {
		if s.Container != nil {
			names = append(names, s.Container.Name)
		}
	}
	return names
}
