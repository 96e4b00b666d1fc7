package words

import "kihon/checker"

// pullAgainEn introduces the advice to ask for an image once more.
var pullAgainEn = text{
	{"kihon reset", "Put the exercise back to its start, then try again:"},
	{"commands", "Then try again:"},
	{"", "Then try again."},
}

var imagesEn = map[string]finding{
	checker.ImageMissing: {
		Message: text{
			{"docker pull", "The image {image} is not on the engine yet."},
			{"", "The engine could not get the image {asked_image}. It answered: {found}"},
			{"", "The image {asked_image} is not on the engine yet."},
			{"", "The image is not on the engine yet."},
		},
		Next: text{
			{"docker pull", "Get it:"},
			{"docker run", "Try again with the image that the exercise asks for:"},
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Go on like this:"},
			{"", "Get it with docker pull."},
		},
	},
	checker.ImageNearName: {
		Message: text{
			{"", "You asked for the image {asked_image}, and the exercise uses {image}: only the spelling differs."},
			{"", "The image that you asked for is spelled a little differently in the exercise."},
		},
		Next: text{
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Type it once more:"},
			{"", "Type the command once more, with {image}."},
			{"", "Type the command once more, with the name from the exercise."},
		},
	},
	checker.ImageNotInRegistry: {
		Message: text{
			{"", "The registry has no image {asked_image} that you may get. Most often one letter of the name is another."},
			{"", "The registry has no image of that name that you may get. Most often one letter of the name is another."},
		},
		Next: text{
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Compare the names letter by letter, and type it once more:"},
			{"", "Compare the name with the exercise letter by letter, and type it once more."},
		},
	},
	checker.ImageTagNotFound: {
		Message: text{
			{"", "The image is in the registry, but not this version (tag) of it: {asked_image}"},
			{"", "The image is in the registry, but not this version (tag) of it."},
		},
		Next: text{
			{"kihon reset", "Put the exercise back to its start, then try again:"},
			{"commands", "Type it with the version that the exercise asks for:"},
			{"", "Type it with the version that the exercise asks for, or leave the tag out."},
		},
	},
	checker.ImageStillExists: {
		Message: text{
			{"", "The image {image} is still on the engine."},
			{"", "The image is still on the engine."},
		},
		Next: text{
			{"docker image rm", "Remove it:"},
			{"commands", "Go on like this:"},
			{"", "Remove it with docker image rm."},
		},
	},
	checker.ImageRateLimit: {
		Message: text{
			{"", "The registry gives no more images to your network for now, so {asked_image} did not come."},
			{"", "The registry gives no more images to your network for now."},
		},
		Next: pullAgainEn.after("Wait an hour or so, or let \"kihon kit build\" make the course's images on this computer. "),
	},
	checker.ImageRegistryUnreachable: {
		Message: text{
			{"", "The engine could not reach the registry, so the image {asked_image} did not come."},
			{"", "The engine could not reach the registry, so the image did not come."},
		},
		Next: pullAgainEn.after("Look at your network, or let \"kihon kit build\" make the course's images on this computer. "),
	},
	checker.ImagePlatform: {
		Message: text{
			{"", "There is no {asked_image} for the kind of processor that this computer has."},
			{"", "The image does not exist for the kind of processor that this computer has."},
		},
		Next: pullAgainEn.after("\"kihon kit build\" makes the course's images for this computer. "),
	},
}
