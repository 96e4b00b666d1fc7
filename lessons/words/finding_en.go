package words

import "kihon/checker"

// findingsEn holds every code.
var findingsEn = merged(tasksEn, containersEn, portsEn, imagesEn)

// tasksEn has what is about the engine, the course, files, the history and answers.
var tasksEn = map[string]finding{
	checker.EngineUnreachable: {
		Message: plain("The Docker engine does not answer. It is probably not running."),
		Next:    plain("Start Docker Desktop, then check again. On Linux the command is: sudo systemctl start docker"),
	},
	checker.EnginePermission: {
		Message: plain("Your user may not talk to the Docker engine yet (permission denied)."),
		Next:    plain("Join the group docker, then log out and in again; it may do all that root may, so only on a computer of your own. The command is: sudo usermod -aG docker $USER"),
	},
	checker.EngineTimeout: {
		Message: plain("The Docker engine did not answer in time, so I could not check."),
		Next:    plain("It may be busy or still starting. Wait a moment, then check again; if it stays silent, type: kihon doctor"),
	},
	checker.EngineOutsideSandbox: {
		Message: text{
			{"", "You or somebody else {step_did} container {container}, but not through kihon, so I cannot count it."},
			{"wanted=absent", "There is a container {container} that was not made through kihon, and I leave it alone."},
			{"", "I see container {container}, but it was not made through kihon, so I cannot count it for you."},
			{"", "This was done outside kihon, so I cannot count it for you."},
		},
		Next: text{
			{"commands", "Type your docker commands in the kihon session, or put \"kihon run --\" before them. First, put the exercise back to its start:"},
			{"", "Do it again in the kihon session, or put \"kihon run --\" before the docker command."},
		},
	},

	checker.CourseInvalid: {
		Message: text{
			{"", "There is a fault in the course itself ({file}, line {line}): {error}"},
			{"", "There is a fault in the course itself: {error}"},
			{"", "There is a fault in the course itself."},
		},
		Next: plain("This is not your doing. Go on with another exercise, and tell the author of the course."),
	},
	checker.StartMissing: {
		Message: text{
			{"found=made by kihon", "Container {container} is still there from an earlier exercise. This time you make it yourself."},
			{"", "What this exercise begins with is not there: container {container}."},
			{"", "What this exercise begins with is not there."},
		},
		Next: text{
			{"found=made by kihon & commands", "Put the exercise back to its start; then the name is free:"},
			{"commands", "Put the exercise back to its start, then go on:"},
			{"", "Put the exercise back to its start with kihon reset, then go on."},
		},
	},
	checker.NothingChanged: {
		Message: plain("I see no change on the engine since the last check. The last command probably stopped before reaching it."),
		Next:    plain("Read the first line that it printed: it says what is in the way. Then type the command once more."),
	},

	checker.FileMissing: {
		Message: text{
			{"", "There is no file {path} in container {container} yet."},
			{"", "The file is not in the container yet."},
		},
		Next: text{
			{"commands", "Go on like this:"},
			{"", "Put it there as the exercise says, with docker exec or docker cp."},
		},
	},
	checker.FileWrongContent: {
		Message: text{
			{"", "The file {path} is in container {container}, but \"{wanted}\" is not in it yet."},
			{"", "The file {path} in container {container} does not hold what the exercise asks for yet."},
			{"", "The file does not hold what the exercise asks for yet."},
		},
		Next: text{
			{"commands", "Go on like this:"},
			{"", "Look inside with: docker exec {container} cat {path}"},
			{"", "Look inside with docker exec and cat."},
		},
	},
	checker.FileUnexpected: {
		Message: text{
			{"", "The file {path} is in container {container}, and the exercise asks for a container without it."},
			{"", "There is a file that the exercise does not want there."},
		},
		Next: text{
			{"commands", "Go on like this:"},
			{"", "Remove it with: docker exec {container} rm {path}"},
			{"", "Remove it with docker exec and rm."},
		},
	},

	checker.MountSourceEmpty: {
		Message: text{
			{"", "In container {container}, an empty folder of your computer lies over {path} and hides what was there. For a folder that does not exist, -v makes an empty one."},
			{"", "An empty folder of your computer hides what was in the container. For a folder that does not exist, -v makes an empty one."},
		},
		Next: text{
			{"kihon reset", "Compare the path on the left of the colon after -v with the folders that you have. To begin again from the start:"},
			{"commands", "Go on like this:"},
			{"", "Compare the path on the left of the colon after -v with the folders that you have, and make the container again."},
		},
	},
	checker.MountFileAndFolder: {
		Message: text{
			{"", "One side of the mount is a file and the other a folder, so container {container} could not start. For a path that does not exist, -v makes a folder."},
			{"", "One side of the mount is a file and the other a folder. For a path that does not exist, -v makes a folder."},
		},
		Next: text{
			{"kihon reset", "Compare the path on the left of the colon after -v with the files that you have. To begin again from the start:"},
			{"docker rm & docker run", "Remove the half-made container and make it again:"},
			{"commands", "Go on like this:"},
			{"", "Compare the path on the left of the colon after -v with the files that you have. Then remove the half-made container and make it again."},
		},
	},
	checker.NetworkMissing: {
		Message: text{
			{"", "There is no network {network}, so container {container} could not start."},
			{"", "The network that the container should join does not exist."},
		},
		Next: text{
			{"docker rm & docker run", "Remove the half-made container and make it again:"},
			{"no commands", "\"docker network ls\" shows the networks there are. Remove the half-made container and make it again with one of them."},
		}.or(againEn),
	},

	checker.HistoryMissingStep: {
		Message: text{
			{"", "I have not seen you {step_do} container {container} yet."},
			{"", "I have not seen every step of the exercise yet."},
		},
		Next: text{
			{"kihon reset", "Put the exercise back to its start, then take that step:"},
			{"commands", "Do it like this:"},
			{"", "Take that step as the exercise says."},
		},
	},
	checker.HistoryWrongOrder: {
		Message: text{
			{"", "I have seen each step with container {container}, but in another order. The exercise asks for: {steps}."},
			{"", "I have seen each step, but in another order than the exercise asks for."},
		},
		Next: text{
			{"kihon reset", "Put the exercise back to its start, then take the steps in that order:"},
			{"commands", "What is still to do:"},
			{"", "Take the steps once more, in that order."},
		},
	},
	checker.HistoryGap: {
		Message: text{
			{"", "I was not there for a while, so I cannot say whether you {step_did} container {container}."},
			{"", "I was not there for a while, so I cannot say what you did."},
		},
		Next: text{
			{"kihon reset", "Put the exercise back to its start, then do the step again:"},
			{"commands", "Do the step again:"},
			{"", "Do the step again."},
		},
	},

	checker.AnswerMissing: {
		Message: text{
			{"", "The exercise is waiting for your answer: the ID of container {container}."},
			{"", "The exercise is waiting for your answer."},
		},
		Next: text{
			{"commands", "Go on like this:"},
			{"", "\"docker ps\" shows the ID of {container} in its first column. Then type: kihon answer {exercise} ID"},
			{"", "Type the number of your choice: kihon answer {exercise} NUMBER"},
			{"", "Type it with kihon answer."},
		},
	},
	checker.AnswerWrong: {
		Message: text{
			{"", "\"{answer}\" is not the ID of container {container}, or not enough of it."},
			{"", "\"{answer}\" is not the answer yet."},
			{"", "That is not the answer yet."},
		},
		Next: text{
			{"commands", "Go on like this:"},
			{"", "\"docker ps\" shows the ID of {container} in its first column. Type it from its beginning: kihon answer {exercise} ID"},
			{"", "Read the choices once more, then type: kihon answer {exercise} NUMBER"},
			{"", "Read the exercise once more, then answer again with kihon answer."},
		},
	},
}
