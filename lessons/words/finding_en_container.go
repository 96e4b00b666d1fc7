package words

import "kihon/checker"

// againEn introduces the advice to make a container anew, in the ways in
// which the checker gives it.
var againEn = text{
	{"docker rm & docker run", "Remove it and make it again:"},
	{"docker run", "Make it again:"},
	{"kihon reset", "Put the exercise back to its start, then try again:"},
	{"commands", "Go on like this:"},
	{"", "Remove it and make it again as the exercise says."},
}

var containersEn = map[string]finding{
	checker.ContainerMissing: {
		Message: text{
			{"found=missing & docker run", "There is no container {container}, neither running nor stopped."},
			{"found=missing", "There is no container {container} yet."},
			{"", "There is no container {container} yet. The engine answered: {found}"},
			{"", "There is no container {container} yet."},
			{"", "The container is not there yet."},
		},
		Next: text{
			{"docker run", "Make it:"},
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Go on like this:"},
			{"", "Make it from the image {image}, as the exercise says. \"kihon hint\" helps if you are stuck."},
			{"", "Make it as the exercise says. \"kihon hint\" helps if you are stuck."},
		},
	},
	checker.ContainerNearName: {
		Message: text{
			{"", "Your container is named {found_container}, and the exercise asks for {container}: only the spelling differs."},
			{"", "There is a container with almost the name that the exercise asks for."},
		},
		Next: text{
			{"docker rename", "You need not make it again. A new name will do:"},
			{"commands", "Go on like this:"},
			{"", "You need not make it again. docker rename gives it the right name."},
		},
	},
	checker.ContainerOtherName: {
		Message: text{
			{"", "You made a container from {image}. It is named {found_container}, and the exercise asks for {container}."},
			{"", "Your container is named {found_container}, and the exercise asks for {container}."},
			{"", "Your container has another name than the exercise asks for."},
		},
		Next: text{
			{"docker rename & docker start", "Give it the right name, then start it:"},
			{"docker rename", "You need not make it again. A new name will do:"},
			{"commands", "Go on like this:"},
			{"", "You need not make it again. docker rename gives it the right name."},
		},
	},
	checker.ContainerWrongImage: {
		Message: text{
			{"", "Container {container} was made from {found_image}, and the exercise asks for {image}. A container keeps its image as long as it exists."},
			{"", "Container {container} was made from another image than the exercise asks for."},
			{"", "The container was made from another image than the exercise asks for."},
		},
		Next: againEn,
	},
	checker.ContainerDuplicate: {
		Message: text{
			{"docker rename", "There are several containers made from {image}, and none of them is named {container}."},
			{"docker rename", "There are several containers, and none of them is named {container}."},
			{"", "There is a second container now: {found_container}, next to {container}. docker run always makes a new one."},
			{"", "There is more than one container now. docker run always makes a new one."},
		},
		Next: text{
			{"docker rename & docker start", "Keep one, give it the right name and start it:"},
			{"docker rename", "Keep one and give it the right name:"},
			{"docker rm -f {found_container} & docker start {container}", "Remove the second one and start the first:"},
			{"docker rm -f {found_container}", "Remove the second one and go on with the first:"},
			{"commands", "Go on like this:"},
			{"", "Remove the second one and go on with the first."},
		},
	},
	checker.ContainerNameInUse: {
		Message: text{
			{"found=created & docker rm", "The name {container} is taken: an earlier docker run stopped halfway and left its container behind."},
			{"found=created", "The name {container} is taken by a container that is made but not started yet."},
			{"found=exited", "The name {container} is taken: your stopped container still has it."},
			{"found=running", "The name {container} is taken: a container of that name is running already."},
			{"found=paused", "The name {container} is taken: a container of that name is paused."},
			{"", "The name {name} is already taken by another container."},
			{"", "The name {container} is already taken by another container."},
			{"", "The name is already taken by another container."},
		},
		Next: text{
			{"docker rm -f {holder}", "Free the port first. Then remove what was left behind and make it again:"},
			{"docker rm & docker run", "It takes two steps. Remove the container that has the name, then make it again:"},
			{"docker unpause", "You do not need a second one. Let the first go on:"},
			{"docker start", "You do not need a second one. Start the first:"},
			{"docker stop", "You do not need a second one. Go on with the first:"},
			{"docker run", "Make it under the name that the exercise asks for:"},
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Go on like this:"},
			{"", "Start the container that has the name, or remove it before you make it again."},
		},
	},
	checker.ContainerNotStarted: {
		Message: text{
			{"found=created", "Container {container} is made, but not started yet."},
			{"docker rm & docker run", "The engine did not start container {container}. It answered: {found}"},
			{"docker run", "The engine refused the last command, so there is no container {container} yet. It answered: {found}"},
			{"", "The engine did not start container {container}. It answered: {found}"},
			{"", "Container {container} is not started yet."},
			{"", "The container is not started yet."},
		},
		Next: text{
			{"docker start & docker stop", "Start it, then stop it:"},
			{"docker start", "Start it:"},
			{"docker rm & docker run", "Remove what was left behind, then make it again:"},
			{"docker run", "Make it as the exercise says:"},
		}.or(againEn),
	},
	checker.ContainerNotRunning: {
		Message: text{
			{"found=exited", "Container {container} is there, but it is stopped."},
			{"", "Container {container} is not in the state that is asked for yet (wanted {wanted}, found {found})."},
			{"", "Container {container} is there, but it is not running."},
			{"", "The container is not running."},
		},
		Next: text{
			{"docker start", "Start it:"},
			{"commands", "Go on like this:"},
			{"", "Start it with docker start."},
		},
	},
	checker.ContainerPaused: {
		Message: text{
			{"", "Container {container} is paused: its program stands still."},
			{"", "The container is paused: its program stands still."},
		},
		Next: text{
			{"docker unpause & docker stop", "Let it go on, then stop it:"},
			{"docker unpause", "Let it go on:"},
			{"commands", "Go on like this:"},
			{"", "Let it go on with docker unpause."},
		},
	},
	checker.ContainerExitedAtOnce: {
		Message: text{
			{"", "Container {container} ended at once: its program ({command}) had nothing more to do. A container lives as long as its program."},
			{"", "Container {container} ended at once: its program had nothing more to do. A container lives as long as its program."},
			{"", "The container ended at once. A container lives as long as its program."},
		},
		Next: againEn,
	},
	checker.ContainerCrashed: {
		Message: text{
			{"", "The program in container {container} ended by itself, with exit code {exit_code}. The last thing it wrote: {log}"},
			{"", "The program in container {container} ended by itself, with exit code {exit_code}."},
			{"", "The program in the container ended by itself."},
		},
		Next: text{
			{"no commands", "Read what it wrote with: docker logs {container}"},
		}.or(againEn),
	},
	checker.ContainerRestarting: {
		Message: text{
			{"", "The program in container {container} keeps ending, and Docker keeps starting it. The last thing it wrote: {log}"},
			{"", "The program in container {container} keeps ending, and Docker keeps starting it."},
			{"", "The program in the container keeps ending, and Docker keeps starting it."},
		},
		Next: againEn,
	},
	checker.ContainerOutOfMemory: {
		Message: text{
			{"", "The program in container {container} needed more memory than it may use, so it was ended."},
			{"", "The program needed more memory than it may use, so it was ended."},
		},
		Next: text{
			{"docker rm & docker run", "Remove it and make it again without a limit:"},
		}.or(againEn),
	},
	checker.ContainerKilledOnStop: {
		Message: text{
			{"", "Container {container} was ended by force (exit code 137): by docker kill, or because it took too long after docker stop."},
			{"", "The container was ended by force (exit code 137): by docker kill, or because it took too long after docker stop."},
		},
		Next: text{
			{"commands", "It did not crash. Go on like this:"},
			{"", "It did not crash, and there is nothing you have to do."},
		},
	},
	checker.ContainerStillRunning: {
		Message: text{
			{"", "Container {container} is still running."},
			{"", "The container is still running."},
		},
		Next: text{
			{"docker stop & docker rm", "Stop it, then remove it:"},
			{"docker stop", "Stop it:"},
			{"commands", "Go on like this:"},
			{"", "Stop it with docker stop."},
		},
	},
	checker.ContainerStillExists: {
		Message: text{
			{"found=exited", "Container {container} is stopped, but it is still there. \"docker ps -a\" shows it."},
			{"", "Container {container} is still there."},
			{"", "The container is still there."},
		},
		Next: text{
			{"docker rm", "Remove it:"},
			{"commands", "Go on like this:"},
			{"", "Remove it with docker rm."},
		},
	},
	checker.ContainerForeground: {
		Message: text{
			{"commands", "Container {container} ran in the foreground, without -d, and ended when you left it."},
			{"", "Container {container} runs in the foreground: it was made without -d and writes into the terminal where you started it."},
			{"", "The container runs in the foreground, because it was made without -d."},
		},
		Next: text{
			{"docker start", "Start it again; this way it runs in the background:"},
			{"commands", "Go on like this:"},
			{"", "That is fine here. With -d it runs in the background and leaves you the prompt."},
		},
	},
	checker.ContainerOptionsAfterImage: {
		Message: text{
			{"", "\"{options}\" stands after the image {image}, so Docker took it for the command to run inside. Options stand before the image."},
			{"", "An option stands after the image, so Docker took it for the command to run inside. Options stand before the image."},
		},
		Next: text{
			{"docker rm & docker run", "Remove container {container} and make it again, options first:"},
			{"docker run", "Make it again, options first:"},
			{"kihon reset", "Put the exercise back to its start, then try again, options first:"},
			{"commands", "Go on like this:"},
			{"", "Remove it and make it again, options first."},
		},
	},
	checker.ContainerCommandNotFound: {
		Message: text{
			{"", "The image has no program \"{command}\", so container {container} could not start. What stands after the image is the command to run inside."},
			{"", "The image does not have the program that container {container} should run."},
			{"", "The image does not have the program that the container should run."},
		},
		Next: againEn,
	},
	checker.ContainerCommandNotExecutable: {
		Message: text{
			{"", "The image has a file \"{command}\", but it may not be run as a program, so container {container} could not start."},
			{"", "The file that container {container} should run is not marked as a program."},
			{"", "The file that the container should run is not marked as a program."},
		},
		Next: againEn,
	},
	checker.ContainerQuotedCommand: {
		Message: text{
			{"", "The quotes made one word of \"{command}\", and no program has that name. A command stands after the image without quotes around it."},
			{"", "The quotes made one word of the command, and no program has that name."},
		},
		Next: againEn,
	},
}
