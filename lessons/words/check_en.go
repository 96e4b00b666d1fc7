package words

var checksEn = map[string]text{
	"container.running": {
		{"", "container {container} is running, made from {image}"},
		{"", "container {container} is running"},
	},
	"container.exited": {
		{"", "container {container} is stopped, made from {image}"},
		{"", "container {container} is stopped"},
	},
	"container.created": {
		{"", "container {container} is made from {image}, but not started"},
		{"", "container {container} is made, but not started"},
	},
	"container.paused": {
		{"", "container {container} is paused, made from {image}"},
		{"", "container {container} is paused"},
	},
	"container.exists": {
		{"", "container {container} is there, made from {image}"},
		{"", "container {container} is there"},
	},
	"container.absent": plain("container {container} is gone"),

	"port": {
		{"", "host port {host_port}/{protocol} leads to port {container_port}/{protocol} inside {container}"},
		{"", "host port {host_port} leads to port {container_port} inside {container}"},
	},

	"image.present": plain("image {image} is on the engine"),
	"image.absent":  plain("image {image} is gone from the engine"),

	"http": {
		{"", "{url} answers with status {status}"},
		{"", "{url} answers"},
	},
	"http.contains": {
		{"", "{url} answers with status {status} and shows \"{text}\""},
		{"", "{url} shows \"{text}\""},
	},
	"http.from_image": plain("{url} shows the page that came with the image"),
	"http.same_as":    plain("{url} shows the file {path} of container {container}"),

	"file": {
		{"", "file {path} in container {container} holds \"{text}\""},
		{"", "file {path} is in container {container}"},
	},
	"file.absent": plain("file {path} is not in container {container}"),

	"history": plain("you {did} container {container}"),

	"answer": {
		{"", "your answer is the ID of container {container}"},
		{"", "your answer"},
	},
}
