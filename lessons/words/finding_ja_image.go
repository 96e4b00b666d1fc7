package words

import "kihon/checker"

// pullAgainJa introduces the advice to ask for an image once more.
var pullAgainJa = text{
	{"kihon reset", "そのあと、次のコマンドで課題を最初の状態に戻してください。"},
	{"commands", "そのあと、次のコマンドをもう一度試してください。"},
	{"", "そのあと、もう一度試してください。"},
}

var imagesJa = map[string]finding{
	checker.ImageMissing: {
		Message: text{
			{"docker pull", "イメージ {image} がまだエンジンにありません。"},
			{"", "エンジンはイメージ {asked_image} を入手できませんでした。エンジンの返事：{found}"},
			{"", "イメージ {asked_image} がまだエンジンにありません。"},
			{"", "イメージがまだエンジンにありません。"},
		},
		Next: text{
			{"docker pull", "次のコマンドで入手してください。"},
			{"docker run", "次のコマンドで、課題のイメージを使ってもう一度試してください。"},
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker pull で入手してください。"},
		},
	},
	checker.ImageNearName: {
		Message: text{
			{"", "イメージの名前が {asked_image} になっています。課題のイメージは {image} で、つづりだけが違います。"},
			{"", "イメージの名前のつづりが、課題と少しだけ違います。"},
		},
		Next: text{
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "次のコマンドを、もう一度入力してください。"},
			{"", "名前を {image} にして、もう一度入力してください。"},
			{"", "課題の名前で、もう一度入力してください。"},
		},
	},
	checker.ImageNotInRegistry: {
		Message: text{
			{"", "レジストリに、入手できるイメージ {asked_image} がありません。たいていは、名前が 1 文字違っているだけです。"},
			{"", "レジストリに、入手できるその名前のイメージがありません。たいていは、名前が 1 文字違っているだけです。"},
		},
		Next: text{
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "名前を 1 文字ずつ見比べて、次のコマンドをもう一度入力してください。"},
			{"", "課題の名前と 1 文字ずつ見比べて、もう一度入力してください。"},
		},
	},
	checker.ImageTagNotFound: {
		Message: text{
			{"", "そのイメージはレジストリにありますが、この版（タグ）がありません：{asked_image}"},
			{"", "そのイメージはレジストリにありますが、その版（タグ）がありません。"},
		},
		Next: text{
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "次のコマンドのように、課題の版で入力してください。"},
			{"", "課題の版で入力するか、タグを付けずに入力してください。"},
		},
	},
	checker.ImageStillExists: {
		Message: text{
			{"", "イメージ {image} がまだエンジンに残っています。"},
			{"", "イメージがまだエンジンに残っています。"},
		},
		Next: text{
			{"docker image rm", "次のコマンドで消してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker image rm で消してください。"},
		},
	},
	checker.ImageRateLimit: {
		Message: text{
			{"", "レジストリがこのネットワークからの取得を一時的に制限しているので、イメージ {asked_image} は届きませんでした。"},
			{"", "レジストリが、このネットワークからの取得を一時的に制限しています。"},
		},
		Next: pullAgainJa.after("1 時間ほど待つか、kihon kit build でこのコンピュータに教材のイメージを作ってください。"),
	},
	checker.ImageRegistryUnreachable: {
		Message: text{
			{"", "エンジンがレジストリに接続できず、イメージ {asked_image} は届きませんでした。"},
			{"", "エンジンがレジストリに接続できず、イメージは届きませんでした。"},
		},
		Next: pullAgainJa.after("ネットワークを確かめるか、kihon kit build でこのコンピュータに教材のイメージを作ってください。"),
	},
	checker.ImagePlatform: {
		Message: text{
			{"", "このコンピュータの種類のプロセッサで動くイメージ {asked_image} がありません。"},
			{"", "このコンピュータの種類のプロセッサで動くイメージがありません。"},
		},
		Next: pullAgainJa.after("kihon kit build で、このコンピュータ用に教材のイメージを作ってください。"),
	},
}
