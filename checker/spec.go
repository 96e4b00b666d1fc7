package checker

// Check is one fact that an exercise demands. Exactly one field is set.
type Check struct {
	Container *ContainerFact `yaml:"container,omitempty" json:"container,omitempty"`
	Port      *PortFact      `yaml:"port,omitempty" json:"port,omitempty"`
	Image     *ImageFact     `yaml:"image,omitempty" json:"image,omitempty"`
	HTTP      *HTTPFact      `yaml:"http,omitempty" json:"http,omitempty"`
	File      *FileFact      `yaml:"file,omitempty" json:"file,omitempty"`
	History   *HistoryFact   `yaml:"history,omitempty" json:"history,omitempty"`
	Answer    *AnswerFact    `yaml:"answer,omitempty" json:"answer,omitempty"`
}

// ContainerName is the container that the check is about; "" when it is about
// none, as a typed answer is.
func (c Check) ContainerName() string {
	switch {
	case c.Container != nil:
		return c.Container.Name
	case c.Port != nil:
		return c.Port.Container
	case c.HTTP != nil:
		return c.HTTP.Container
	case c.File != nil:
		return c.File.Container
	case c.History != nil:
		return c.History.Container
	}
	return ""
}

// ContainerFact demands a container by name. A container is the learner's
// when it was created through the sandbox of this home.
type ContainerFact struct {
	// Name is the container's name, without the slash the API puts before it.
	Name string `yaml:"name" json:"name" jsonschema:"required"`
	// Image is the reference it was made from, compared as Docker compares
	// references: httpd is docker.io/library/httpd:latest.
	Image string `yaml:"image,omitempty" json:"image,omitempty"`
	// State is one of running, exited, created, paused, exists, absent.
	State string `yaml:"state,omitempty" json:"state,omitempty" jsonschema:"enum=running,enum=exited,enum=created,enum=paused,enum=exists,enum=absent"`
	// By says whose hand must have created it: learner (since the task
	// began), or any (also what kihon made as the starting state; the default).
	By string `yaml:"by,omitempty" json:"by,omitempty" jsonschema:"enum=learner,enum=any"`
}

// PortFact demands that a host port leads to a port inside a container.
type PortFact struct {
	Container string `yaml:"container" json:"container" jsonschema:"required"`
	// Host is the port on the learner's computer, 1 to 65535.
	Host int `yaml:"host" json:"host" jsonschema:"required,oneof_type=integer;string"`
	// Inside is the port in the container, 1 to 65535.
	Inside int `yaml:"inside" json:"inside" jsonschema:"required,oneof_type=integer;string"`
	// Protocol is tcp (the default) or udp.
	Protocol string `yaml:"protocol,omitempty" json:"protocol,omitempty" jsonschema:"enum=tcp,enum=udp"`
}

// ImageFact demands that a reference is, or is not, in the engine.
type ImageFact struct {
	Reference string `yaml:"reference" json:"reference" jsonschema:"required"`
	// State is present (the default) or absent.
	State string `yaml:"state,omitempty" json:"state,omitempty" jsonschema:"enum=present,enum=absent"`
}

// HTTPFact demands an answer over HTTP from a published port. The request is
// made from where the learner's browser is, and only to this computer.
type HTTPFact struct {
	// URL is http://localhost:PORT/PATH.
	URL string `yaml:"url" json:"url" jsonschema:"required"`
	// Container is the one that should answer; its state ends the wait early.
	Container string `yaml:"container" json:"container" jsonschema:"required"`
	// Status is the wanted status code; 200 when it is left out.
	Status int `yaml:"status,omitempty" json:"status,omitempty"`
	// Contains is text that the body must hold.
	Contains string `yaml:"contains,omitempty" json:"contains,omitempty"`
	// SameAs is the path of a file in Container that must be the body.
	SameAs string `yaml:"same_as,omitempty" json:"same_as,omitempty"`
	// FromImage demands that the file at SameAs is still the image's own.
	FromImage bool `yaml:"from_image,omitempty" json:"from_image,omitempty"`
}

// FileFact demands a file in a container, running or stopped.
type FileFact struct {
	Container string `yaml:"container" json:"container" jsonschema:"required"`
	Path      string `yaml:"path" json:"path" jsonschema:"required"`
	// Contains is text that the file must hold; empty: it only has to be there.
	Contains string `yaml:"contains,omitempty" json:"contains,omitempty"`
	// Absent demands that there is no such file.
	Absent bool `yaml:"absent,omitempty" json:"absent,omitempty"`
}

// HistoryFact demands that the learner's calls since the task began hold
// these steps for one container, in this order; other calls may lie between.
type HistoryFact struct {
	Container string `yaml:"container" json:"container" jsonschema:"required"`
	// Steps are actions as the engine's events name them (create, start,
	// stop, kill, restart, destroy, rename, ...); alternatives are joined with |.
	Steps []string `yaml:"steps" json:"steps" jsonschema:"required"`
}

// AnswerFact demands a typed answer.
type AnswerFact struct {
	// Choices are the numbers of the right choices of a quiz, from 1, in the
	// order in which the lesson prints them.
	Choices []int `yaml:"choices,omitempty" json:"choices,omitempty"`
	// Of is how many choices there are.
	Of int `yaml:"of,omitempty" json:"of,omitempty"`
	// ContainerID demands the ID of the container of this name.
	ContainerID string `yaml:"container_id,omitempty" json:"container_id,omitempty"`
	// MinLength is the least length of a shortened answer, in characters.
	MinLength int `yaml:"min_length,omitempty" json:"min_length,omitempty"`
}
