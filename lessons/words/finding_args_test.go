package words

import "kihon/checker"

// given says what the producers of a code give: always arguments that are
// never empty, often ones that may be missing or empty. The names subject,
// wanted and found are the finding's own fields.
type given struct{ always, often []string }

func list(names ...string) []string { return names }

// producers are, in checker: compare (most), judge (the engine), and in the
// command: the loader's faults for course.invalid.
var producers = map[string]given{
	checker.EngineUnreachable: {list("subject", "found", "error"), nil},
	checker.EnginePermission:  {list("subject", "found", "error"), nil},
	checker.EngineTimeout:     {list("subject", "found", "error"), nil},
	// A container that must be gone brings wanted, a step taken elsewhere
	// brings step.
	checker.EngineOutsideSandbox: {list("subject", "container"), list("step", "wanted", "found")},

	checker.CourseInvalid:  {nil, list("file", "line", "error")},
	checker.StartMissing:   {list("subject", "container", "exercise"), list("wanted", "found")},
	checker.NothingChanged: {list("subject"), nil},

	checker.ContainerMissing:   {list("subject", "container", "wanted", "found", "exercise"), list("image")},
	checker.ContainerNearName:  {list("subject", "container", "found_container", "found"), list("image", "exercise")},
	checker.ContainerOtherName: {list("subject", "container", "found_container", "found"), list("image", "exercise")},
	checker.ContainerWrongImage: {
		list("subject", "container", "image", "found_image", "wanted", "found"), nil},
	checker.ContainerDuplicate: {
		list("subject", "container", "found_container"), list("image", "exercise", "wanted", "found", "exit_code", "log")},
	checker.ContainerNameInUse: {
		list("subject", "container", "found"), list("name", "image", "holder", "host_port", "exit_code", "log", "exercise")},
	checker.ContainerNotStarted:           {list("subject", "container", "found"), list("wanted", "exit_code", "log", "image", "exercise")},
	checker.ContainerNotRunning:           {list("subject", "container", "found", "exit_code"), list("wanted", "log")},
	checker.ContainerPaused:               {list("subject", "container", "found", "exit_code"), list("wanted", "log")},
	checker.ContainerExitedAtOnce:         {list("subject", "container", "found", "exit_code"), list("wanted", "command", "log")},
	checker.ContainerCrashed:              {list("subject", "container", "found", "exit_code"), list("wanted", "log")},
	checker.ContainerRestarting:           {list("subject", "container", "found", "exit_code"), list("wanted", "log")},
	checker.ContainerOutOfMemory:          {list("subject", "container", "found", "exit_code"), list("wanted", "log")},
	checker.ContainerKilledOnStop:         {list("subject", "container"), nil},
	checker.ContainerStillRunning:         {list("subject", "container", "found", "wanted"), list("exit_code", "log")},
	checker.ContainerStillExists:          {list("subject", "container", "found", "wanted"), nil},
	checker.ContainerForeground:           {list("subject", "container"), list("found", "wanted", "exit_code", "log")},
	checker.ContainerOptionsAfterImage:    {list("subject", "container", "found", "options", "image"), nil},
	checker.ContainerCommandNotFound:      {list("subject", "container", "found"), list("command", "image", "exercise")},
	checker.ContainerCommandNotExecutable: {list("subject", "container", "found"), list("command", "image", "exercise")},
	checker.ContainerQuotedCommand:        {list("subject", "container", "found", "command"), nil},

	checker.PortNotPublished:       {list("subject", "container", "wanted", "found", "host_port", "container_port"), nil},
	checker.PortReversed:           {list("subject", "container", "wanted", "found", "host_port", "container_port"), nil},
	checker.PortWrongHostPort:      {list("subject", "container", "wanted", "found", "host_port", "container_port", "found_port"), nil},
	checker.PortWrongContainerPort: {list("subject", "container", "wanted", "found", "host_port", "container_port", "found_port"), nil},
	checker.PortRandomHostPort:     {list("subject", "container", "wanted", "found", "host_port", "container_port", "found_port"), nil},
	checker.PortInUseByContainer:   {list("subject", "container", "found", "host_port"), list("holder", "image", "exercise")},
	checker.PortInUseByProgram:     {list("subject", "container", "found", "host_port"), list("image", "exercise")},

	checker.HTTPNoAnswer:    {list("subject", "container", "url", "status", "wanted", "found"), nil},
	checker.HTTPWrongStatus: {list("subject", "container", "url", "status", "wanted", "found"), nil},
	checker.HTTPWrongBody:   {list("subject", "container", "url", "status", "found", "found_body"), list("wanted")},

	checker.ImageMissing:             {list("subject", "image"), list("asked_image", "wanted", "found", "container", "exercise")},
	checker.ImageNearName:            {list("subject", "image", "asked_image", "found"), list("container", "exercise")},
	checker.ImageNotInRegistry:       {list("subject", "image", "found"), list("asked_image", "wanted", "container", "exercise")},
	checker.ImageTagNotFound:         {list("subject", "image", "found"), list("asked_image", "wanted", "container", "exercise")},
	checker.ImageStillExists:         {list("subject", "image", "wanted"), nil},
	checker.ImageRateLimit:           {list("subject", "image", "found"), list("asked_image", "wanted", "container", "exercise")},
	checker.ImageRegistryUnreachable: {list("subject", "image", "found"), list("asked_image", "wanted", "container", "exercise")},
	checker.ImagePlatform:            {list("subject", "image", "found"), list("asked_image", "wanted", "container", "exercise")},

	checker.FileMissing:      {list("subject", "container", "path"), nil},
	checker.FileWrongContent: {list("subject", "container", "path", "wanted"), nil},
	checker.FileUnexpected:   {list("subject", "container", "path", "found"), nil},

	checker.MountSourceEmpty:   {list("subject", "container", "path", "found"), list("url", "status", "wanted")},
	checker.MountFileAndFolder: {list("subject", "container", "found"), list("image", "exercise")},
	checker.NetworkMissing:     {list("subject", "container", "found", "network"), list("image", "exercise")},

	checker.HistoryMissingStep: {list("subject", "container", "step", "wanted"), list("found")},
	checker.HistoryWrongOrder:  {list("subject", "container", "step", "wanted"), list("found")},
	checker.HistoryGap:         {list("subject", "container", "step", "wanted"), list("found")},

	checker.AnswerMissing: {list("subject", "exercise"), list("container")},
	checker.AnswerWrong:   {list("subject", "exercise", "found", "answer"), list("container", "choice")},
}

// derived are placeholders that the catalogue makes out of others.
var derived = map[string]string{
	"step_do": "step", "step_did": "step", "steps": "wanted", "asked_image": "image",
}
