package checker

// The codes of findings. A code is stable and is never used for another cause.
const (
	EngineUnreachable    = "engine.unreachable"
	EnginePermission     = "engine.permission"
	EngineTimeout        = "engine.timeout"
	EngineOutsideSandbox = "engine.outside_sandbox"

	CourseInvalid  = "course.invalid"
	StartMissing   = "start.missing"
	NothingChanged = "nothing.changed"

	ContainerMissing              = "container.missing"
	ContainerNearName             = "container.near_name"
	ContainerOtherName            = "container.other_name"
	ContainerWrongImage           = "container.wrong_image"
	ContainerDuplicate            = "container.duplicate"
	ContainerNameInUse            = "container.name_in_use"
	ContainerNotStarted           = "container.not_started"
	ContainerNotRunning           = "container.not_running"
	ContainerPaused               = "container.paused"
	ContainerExitedAtOnce         = "container.exited_at_once"
	ContainerCrashed              = "container.crashed"
	ContainerRestarting           = "container.restarting"
	ContainerOutOfMemory          = "container.out_of_memory"
	ContainerKilledOnStop         = "container.killed_on_stop"
	ContainerStillRunning         = "container.still_running"
	ContainerStillExists          = "container.still_exists"
	ContainerForeground           = "container.foreground"
	ContainerOptionsAfterImage    = "container.options_after_image"
	ContainerCommandNotFound      = "container.command_not_found"
	ContainerCommandNotExecutable = "container.command_not_executable"
	ContainerQuotedCommand        = "container.quoted_command"

	PortNotPublished       = "port.not_published"
	PortReversed           = "port.reversed"
	PortWrongHostPort      = "port.wrong_host_port"
	PortWrongContainerPort = "port.wrong_container_port"
	PortRandomHostPort     = "port.random_host_port"
	PortInUseByContainer   = "port.in_use_by_container"
	PortInUseByProgram     = "port.in_use_by_program"

	HTTPNoAnswer    = "http.no_answer"
	HTTPWrongStatus = "http.wrong_status"
	HTTPWrongBody   = "http.wrong_body"

	ImageMissing             = "image.missing"
	ImageNearName            = "image.near_name"
	ImageNotInRegistry       = "image.not_in_registry"
	ImageTagNotFound         = "image.tag_not_found"
	ImageStillExists         = "image.still_exists"
	ImageRateLimit           = "image.rate_limit"
	ImageRegistryUnreachable = "image.registry_unreachable"
	ImagePlatform            = "image.platform"

	FileMissing      = "file.missing"
	FileWrongContent = "file.wrong_content"
	FileUnexpected   = "file.unexpected"

	MountSourceEmpty   = "mount.source_empty"
	MountFileAndFolder = "mount.file_and_folder"
	NetworkMissing     = "network.missing"

	HistoryMissingStep = "history.missing_step"
	HistoryWrongOrder  = "history.wrong_order"
	HistoryGap         = "history.gap"

	AnswerMissing = "answer.missing"
	AnswerWrong   = "answer.wrong"
)

// Codes returns every code there is. A message must exist for each of them in
// each language.
func Codes() []string {
	return []string{
		EngineUnreachable, EnginePermission, EngineTimeout, EngineOutsideSandbox,
		CourseInvalid, StartMissing, NothingChanged,
		ContainerMissing, ContainerNearName, ContainerOtherName, ContainerWrongImage,
		ContainerDuplicate, ContainerNameInUse, ContainerNotStarted, ContainerNotRunning,
		ContainerPaused, ContainerExitedAtOnce, ContainerCrashed, ContainerRestarting,
		ContainerOutOfMemory, ContainerKilledOnStop, ContainerStillRunning, ContainerStillExists,
		ContainerForeground, ContainerOptionsAfterImage, ContainerCommandNotFound,
		ContainerCommandNotExecutable, ContainerQuotedCommand,
		PortNotPublished, PortReversed, PortWrongHostPort, PortWrongContainerPort,
		PortRandomHostPort, PortInUseByContainer, PortInUseByProgram,
		HTTPNoAnswer, HTTPWrongStatus, HTTPWrongBody,
		ImageMissing, ImageNearName, ImageNotInRegistry, ImageTagNotFound, ImageStillExists,
		ImageRateLimit, ImageRegistryUnreachable, ImagePlatform,
		FileMissing, FileWrongContent, FileUnexpected,
		MountSourceEmpty, MountFileAndFolder, NetworkMissing,
		HistoryMissingStep, HistoryWrongOrder, HistoryGap,
		AnswerMissing, AnswerWrong,
	}
}
