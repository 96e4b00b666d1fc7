package words

import "kihon/checker"

// portsEn has ports and what answers behind them.
var portsEn = map[string]finding{
	checker.PortNotPublished: {
		Message: text{
			{"", "Container {container} is running, but no port of your computer leads into it. Ports are given when a container is made, with -p {host_port}:{container_port}"},
			{"", "The container is running, but no port of your computer leads into it."},
		},
		Next: againEn,
	},
	checker.PortReversed: {
		Message: plain("The two ports are the wrong way round. -p is HOST:CONTAINER: the left number is the door on your computer, the right one the port inside."),
		Next: text{
			{"docker rm & docker run", "With {host_port} on the left it will work. Remove the container and make it again:"},
		}.or(againEn),
	},
	checker.PortWrongHostPort: {
		Message: text{
			{"", "The door on your computer is port {found_port}, and the exercise asks for {host_port}. It is the left number after -p."},
			{"", "The door on your computer is another port than the exercise asks for. It is the left number after -p."},
		},
		Next: againEn,
	},
	checker.PortWrongContainerPort: {
		Message: text{
			{"", "Inside the container, -p leads to port {found_port}, and the exercise asks for {container_port}. It is the right number after -p."},
			{"", "Inside the container, -p leads to another port than the exercise asks for. It is the right number after -p."},
		},
		Next: againEn,
	},
	checker.PortRandomHostPort: {
		Message: text{
			{"found_port=?", "The port of your computer was not given, so Docker chose one; the exercise asks for {host_port}."},
			{"", "The port of your computer was not given, so Docker chose {found_port}; the exercise asks for {host_port}."},
			{"", "The port of your computer was not given, so Docker chose one."},
		},
		Next: againEn,
	},
	checker.PortInUseByContainer: {
		Message: text{
			{"docker rm & docker run", "Port {host_port} of your computer already leads into container {holder}, so {container} could not start. It was made all the same and holds its name."},
			{"docker rm & docker run", "Port {host_port} of your computer already leads into another container, so {container} could not start. It was made all the same and holds its name."},
			{"", "Port {host_port} of your computer already leads into container {holder}."},
			{"", "Port {host_port} of your computer already leads into another container."},
			{"", "That port of your computer already leads into another container."},
		},
		Next: text{
			{"docker rm -f {holder} & docker run", "Free the port, then remove the half-made container and make it again:"},
			{"docker rm & docker run", "Stop the container that has the port; \"docker ps\" shows it. Then remove the half-made one and make it again:"},
			{"docker run", "Stop the container that has the port; \"docker ps\" shows it. Then make yours again:"},
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Go on like this:"},
			{"", "Stop the container that has the port; \"docker ps\" shows it. Then remove the half-made one and make it again."},
		},
	},
	checker.PortInUseByProgram: {
		Message: text{
			{"docker rm & docker run", "Another program on your computer uses port {host_port}, so container {container} could not start. It was made all the same and holds its name."},
			{"", "Another program on your computer uses port {host_port}."},
			{"", "Another program on your computer uses that port."},
		},
		Next: text{
			{"docker rm & docker run", "Remove the half-made container, then make it again. If the port below is taken as well, \"kihon reset\" chooses another:"},
			{"docker run", "Make it again. If the port below is taken as well, \"kihon reset\" chooses another:"},
			{"kihon reset", "Put the exercise back to its start; then I choose a port that is free:"},
			{"commands", "Go on like this:"},
			{"", "Remove the half-made container and make it again with a port that is free."},
		},
	},

	checker.HTTPNoAnswer: {
		Message: text{
			{"", "{url} does not answer yet, although container {container} is running."},
			{"", "The page does not answer yet."},
		},
		Next: text{
			{"docker logs", "Wait a few seconds and check again. What the program writes may say more:"},
			{"commands", "Go on like this:"},
			{"", "Wait a few seconds and check again."},
		},
	},
	checker.HTTPWrongStatus: {
		Message: text{
			{"status=403", "{url} answers \"forbidden\" (403): the server is there, but it may not read the file of the page."},
			{"status=404", "{url} answers \"not found\" (404): the server is there, but it has no page of that name."},
			{"", "{url} answers with status {status}, and the exercise asks for another ({wanted})."},
			{"", "{url} answers with another status than the exercise asks for."},
			{"", "The page answers with another status than the exercise asks for."},
		},
		Next: text{
			{"status=403 & docker exec", "Let everybody read the file:"},
			{"commands", "Go on like this:"},
			{"status=403", "Let everybody read the file (chmod 644), inside the container."},
			{"status=404", "Look at the name of the file, and at the folder it is in."},
			{"", "Read what the server wrote with: docker logs {container}"},
			{"", "Read what the server wrote with docker logs."},
		},
	},
	checker.HTTPWrongBody: {
		Message: text{
			{"found_body=empty", "{url} answers, but the page is empty."},
			{"", "{url} answers, but with another page than the exercise asks for. It begins with: {found_body}"},
			{"", "{url} answers, but with another page than the exercise asks for."},
			{"", "The page is another one than the exercise asks for."},
		},
		Next: text{
			{"docker rm & docker run", "A new container shows the image's own page again:"},
			{"docker cp", "Put your page where the server looks for it:"},
			{"commands", "Go on like this:"},
			{"", "Put the page in its place as the exercise says, then look again."},
		},
	},
}
