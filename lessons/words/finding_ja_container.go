package words

import "kihon/checker"

// againJa introduces the advice to make a container anew; see againEn.
var againJa = text{
	{"docker rm & docker run", "次のコマンドで、いったん消して作り直してください。"},
	{"docker run", "次のコマンドで作り直してください。"},
	{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
	{"commands", "次のコマンドで進めてください。"},
	{"", "いったん消して、課題のとおりに作り直してください。"},
}

var containersJa = map[string]finding{
	checker.ContainerMissing: {
		Message: text{
			{"found=missing & docker run", "コンテナ {container} が、動いているものにも、止まっているものにも見つかりません。"},
			{"found=missing", "コンテナ {container} がまだありません。"},
			{"", "コンテナ {container} がまだありません。エンジンの返事：{found}"},
			{"", "コンテナ {container} がまだありません。"},
			{"", "コンテナがまだありません。"},
		},
		Next: text{
			{"docker run", "次のコマンドで作ってください。"},
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "課題のとおり、イメージ {image} から作ってください。迷ったら kihon hint でヒントが見られます。"},
			{"", "課題のとおりに作ってください。迷ったら kihon hint でヒントが見られます。"},
		},
	},
	checker.ContainerNearName: {
		Message: text{
			{"", "コンテナの名前が {found_container} になっています。課題の名前は {container} で、つづりだけが違います。"},
			{"", "コンテナの名前のつづりが、課題と少しだけ違います。"},
		},
		Next: text{
			{"docker rename", "作り直さなくても大丈夫です。次のコマンドで名前だけ変えてください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "作り直さなくても大丈夫です。docker rename で名前だけ変えてください。"},
		},
	},
	checker.ContainerOtherName: {
		Message: text{
			{"", "イメージ {image} からコンテナができています。名前は {found_container} ですが、課題の名前は {container} です。"},
			{"", "コンテナの名前が {found_container} になっています。課題の名前は {container} です。"},
			{"", "コンテナの名前が課題と違います。"},
		},
		Next: text{
			{"docker rename & docker start", "次のコマンドで名前を変えて、起動してください。"},
			{"docker rename", "作り直さなくても大丈夫です。次のコマンドで名前だけ変えてください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "作り直さなくても大丈夫です。docker rename で名前だけ変えてください。"},
		},
	},
	checker.ContainerWrongImage: {
		Message: text{
			{"", "コンテナ {container} は {found_image} から作られていますが、課題のイメージは {image} です。コンテナのイメージは、あとから変えられません。"},
			{"", "コンテナ {container} は、課題とは別のイメージから作られています。"},
			{"", "コンテナが、課題とは別のイメージから作られています。"},
		},
		Next: againJa,
	},
	checker.ContainerDuplicate: {
		Message: text{
			{"docker rename", "イメージ {image} から作ったコンテナがいくつもあり、{container} という名前のものがありません。"},
			{"docker rename", "コンテナがいくつもあり、{container} という名前のものがありません。"},
			{"", "{container} のほかに、もう 1 つコンテナ {found_container} ができています。docker run は、いつも新しいコンテナを作ります。"},
			{"", "コンテナがもう 1 つできています。docker run は、いつも新しいコンテナを作ります。"},
		},
		Next: text{
			{"docker rename & docker start", "次のコマンドで 1 つだけ残し、名前を変えて起動してください。"},
			{"docker rename", "次のコマンドで 1 つだけ残し、名前を変えてください。"},
			{"docker rm -f {found_container} & docker start {container}", "次のコマンドであとからできたほうを消し、最初のほうを起動してください。"},
			{"docker rm -f {found_container}", "次のコマンドであとからできたほうを消し、最初のほうで続けてください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "あとからできたほうを消し、最初のほうで続けてください。"},
		},
	},
	checker.ContainerNameInUse: {
		Message: text{
			{"found=created & docker rm", "{container} という名前は使用中です。前の docker run が途中で止まり、コンテナだけが残っています。"},
			{"found=created", "{container} という名前は使用中です。作っただけで、まだ起動していないコンテナがこの名前です。"},
			{"found=exited", "{container} という名前は使用中です。止まっているコンテナも、名前を持ち続けます。"},
			{"found=running", "{container} という名前は使用中です。この名前のコンテナが、もう動いています。"},
			{"found=paused", "{container} という名前は使用中です。この名前のコンテナが、一時停止しています。"},
			{"", "{name} という名前は、別のコンテナが使っています。"},
			{"", "{container} という名前は、別のコンテナが使っています。"},
			{"", "その名前は、別のコンテナが使っています。"},
		},
		Next: text{
			{"docker rm -f {holder}", "次のコマンドで、まずポートを空け、残ったコンテナを消してから、作り直してください。"},
			{"docker rm & docker run", "次の 2 段階です。名前を持っているコンテナを消してから、作り直してください。"},
			{"docker unpause", "新しく作らなくても大丈夫です。次のコマンドで、今あるコンテナを再開してください。"},
			{"docker start", "新しく作らなくても大丈夫です。次のコマンドで、今あるコンテナを起動してください。"},
			{"docker stop", "新しく作らなくても大丈夫です。次のコマンドで、今あるコンテナのまま続けてください。"},
			{"docker run", "次のコマンドで、課題の名前で作ってください。"},
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "その名前のコンテナを起動するか、消してから作り直してください。"},
		},
	},
	checker.ContainerNotStarted: {
		Message: text{
			{"found=created", "コンテナ {container} はできていますが、起動がまだです。"},
			{"docker rm & docker run", "エンジンがコンテナ {container} を起動しませんでした。エンジンの返事：{found}"},
			{"docker run", "エンジンが最後のコマンドを受け付けなかったので、コンテナ {container} はまだありません。エンジンの返事：{found}"},
			{"", "エンジンがコンテナ {container} を起動しませんでした。エンジンの返事：{found}"},
			{"", "コンテナ {container} の起動がまだです。"},
			{"", "コンテナの起動がまだです。"},
		},
		Next: text{
			{"docker start & docker stop", "次のコマンドで、起動してから止めてください。"},
			{"docker start", "次のコマンドで起動してください。"},
			{"docker rm & docker run", "途中まで作られたコンテナを、次のコマンドで消して作り直してください。"},
			{"docker run", "次のコマンドで、課題のとおりに作ってください。"},
		}.or(againJa),
	},
	checker.ContainerNotRunning: {
		Message: text{
			{"found=exited", "コンテナ {container} はありますが、止まっています。"},
			{"", "コンテナ {container} は、まだ課題の状態ではありません（課題は {wanted}、今は {found}）。"},
			{"", "コンテナ {container} はありますが、動いていません。"},
			{"", "コンテナが動いていません。"},
		},
		Next: text{
			{"docker start", "次のコマンドで起動してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker start で起動してください。"},
		},
	},
	checker.ContainerPaused: {
		Message: text{
			{"", "コンテナ {container} は一時停止していて、中のプログラムも止まったままです。"},
			{"", "コンテナは一時停止していて、中のプログラムも止まったままです。"},
		},
		Next: text{
			{"docker unpause & docker stop", "次のコマンドで、再開してから止めてください。"},
			{"docker unpause", "次のコマンドで再開してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker unpause で再開してください。"},
		},
	},
	checker.ContainerExitedAtOnce: {
		Message: text{
			{"", "コンテナ {container} は、中のプログラム（{command}）にすることがなくなり、すぐに終わりました。コンテナが動くのは、プログラムが動いている間だけです。"},
			{"", "コンテナ {container} は、中のプログラムにすることがなくなり、すぐに終わりました。コンテナが動くのは、プログラムが動いている間だけです。"},
			{"", "コンテナはすぐに終わりました。コンテナが動くのは、プログラムが動いている間だけです。"},
		},
		Next: againJa,
	},
	checker.ContainerCrashed: {
		Message: text{
			{"", "コンテナ {container} の中のプログラムが、終了コード {exit_code} で終わりました。最後の出力：{log}"},
			{"", "コンテナ {container} の中のプログラムが、終了コード {exit_code} で終わりました。"},
			{"", "コンテナの中のプログラムが終わりました。"},
		},
		Next: text{
			{"no commands", "docker logs {container} で、プログラムの出力を読んでみてください。"},
		}.or(againJa),
	},
	checker.ContainerRestarting: {
		Message: text{
			{"", "コンテナ {container} の中のプログラムが終わるたびに、Docker が起動し直しています。最後の出力：{log}"},
			{"", "コンテナ {container} の中のプログラムが終わるたびに、Docker が起動し直しています。"},
			{"", "コンテナの中のプログラムが終わるたびに、Docker が起動し直しています。"},
		},
		Next: againJa,
	},
	checker.ContainerOutOfMemory: {
		Message: text{
			{"", "コンテナ {container} の中のプログラムは、使えるメモリが足りず、終了させられました。"},
			{"", "中のプログラムは、使えるメモリが足りず、終了させられました。"},
		},
		Next: text{
			{"docker rm & docker run", "次のコマンドで、いったん消して、制限なしで作り直してください。"},
		}.or(againJa),
	},
	checker.ContainerKilledOnStop: {
		Message: text{
			{"", "コンテナ {container} は強制終了されました（終了コード 137）。docker kill を使ったか、docker stop のあと、すぐに終わらなかったためです。"},
			{"", "コンテナは強制終了されました（終了コード 137）。docker kill を使ったか、docker stop のあと、すぐに終わらなかったためです。"},
		},
		Next: text{
			{"commands", "異常ではありません。次のコマンドで進めてください。"},
			{"", "異常ではないので、何もしなくて大丈夫です。"},
		},
	},
	checker.ContainerStillRunning: {
		Message: text{
			{"", "コンテナ {container} はまだ動いています。"},
			{"", "コンテナはまだ動いています。"},
		},
		Next: text{
			{"docker stop & docker rm", "次のコマンドで、止めてから消してください。"},
			{"docker stop", "次のコマンドで止めてください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker stop で止めてください。"},
		},
	},
	checker.ContainerStillExists: {
		Message: text{
			{"found=exited", "コンテナ {container} は止まっていますが、まだ残っています。docker ps -a で見えます。"},
			{"", "コンテナ {container} がまだ残っています。"},
			{"", "コンテナがまだ残っています。"},
		},
		Next: text{
			{"docker rm", "次のコマンドで消してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker rm で消してください。"},
		},
	},
	checker.ContainerForeground: {
		Message: text{
			{"commands", "コンテナ {container} は -d なしで作られ、フォアグラウンドで動いていたので、端末から抜けたときに終わりました。"},
			{"", "コンテナ {container} は -d なしで作られたので、フォアグラウンドで動いています。出力は、起動した端末に出ます。"},
			{"", "コンテナは -d なしで作られたので、フォアグラウンドで動いています。"},
		},
		Next: text{
			{"docker start", "次のコマンドで、今度はバックグラウンドで起動してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "このままで大丈夫です。-d を付けるとバックグラウンドで動き、すぐにプロンプトに戻ります。"},
		},
	},
	checker.ContainerOptionsAfterImage: {
		Message: text{
			{"", "イメージ {image} のあとに「{options}」があるので、Docker はそれを中で実行するコマンドと受け取りました。オプションはイメージの前に書きます。"},
			{"", "イメージのあとにオプションがあるので、Docker はそれを中で実行するコマンドと受け取りました。オプションはイメージの前に書きます。"},
		},
		Next: text{
			{"docker rm & docker run", "次のコマンドで、コンテナ {container} をいったん消し、オプションを先に書いて作り直してください。"},
			{"docker run", "次のコマンドで、オプションを先に書いて作り直してください。"},
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、オプションを先に書いて試してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "いったん消し、オプションを先に書いて作り直してください。"},
		},
	},
	checker.ContainerCommandNotFound: {
		Message: text{
			{"", "イメージの中に「{command}」というプログラムがないので、コンテナ {container} は起動できませんでした。イメージのあとに書くのは、中で実行するコマンドです。"},
			{"", "コンテナ {container} が実行するはずのプログラムが、イメージの中にありません。"},
			{"", "コンテナが実行するはずのプログラムが、イメージの中にありません。"},
		},
		Next: againJa,
	},
	checker.ContainerCommandNotExecutable: {
		Message: text{
			{"", "イメージの中の「{command}」は、プログラムとして実行できないファイルなので、コンテナ {container} は起動できませんでした。"},
			{"", "コンテナ {container} が実行するはずのファイルに、実行の許可がありません。"},
			{"", "コンテナが実行するはずのファイルに、実行の許可がありません。"},
		},
		Next: againJa,
	},
	checker.ContainerQuotedCommand: {
		Message: text{
			{"", "引用符で「{command}」が 1 つの語になり、その名前のプログラムは見つかりませんでした。コマンドは、引用符で囲まずにイメージのあとに書きます。"},
			{"", "引用符でコマンド全体が 1 つの語になり、その名前のプログラムは見つかりませんでした。"},
		},
		Next: againJa,
	},
}
