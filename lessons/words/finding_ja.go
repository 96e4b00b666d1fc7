package words

import "kihon/checker"

// findingsJa holds every code.
var findingsJa = merged(tasksJa, containersJa, portsJa, imagesJa)

// tasksJa has what is about the engine, the course, files, the history and answers.
var tasksJa = map[string]finding{
	checker.EngineUnreachable: {
		Message: plain("Docker エンジンから応答がありません。おそらく起動していません。"),
		Next:    plain("Docker Desktop を起動するか、Linux なら sudo systemctl start docker と入力してください。そのあと、もう一度確認してください。"),
	},
	checker.EnginePermission: {
		Message: plain("あなたのユーザーには、Docker エンジンを使う権限がまだありません（permission denied）。"),
		Next:    plain("sudo usermod -aG docker $USER と入力し、ログインし直してください。docker グループに入ると root と同じことができるので、自分のコンピュータでだけ行ってください。"),
	},
	checker.EngineTimeout: {
		Message: plain("Docker エンジンの応答が間に合わず、確認できませんでした。"),
		Next:    plain("混み合っているか、起動の途中かもしれません。少し待ってからもう一度確認し、それでも応答がなければ kihon doctor を試してください。"),
	},
	checker.EngineOutsideSandbox: {
		Message: text{
			{"", "コンテナ {container} を{step_did}操作は見えましたが、kihon を通していないので、あなたの操作とは数えられません。"},
			{"wanted=absent", "kihon を通さずに作られたコンテナ {container} があります。kihon はこれに触りません。"},
			{"", "コンテナ {container} はありますが、kihon を通さずに作られたので、あなたが作ったものとは数えられません。"},
			{"", "kihon の外で行われたので、あなたの操作とは数えられません。"},
		},
		Next: text{
			{"commands", "docker コマンドは kihon のセッションの中で入力するか、前に kihon run -- を付けてください。まず、次のコマンドで課題を最初の状態に戻します。"},
			{"", "kihon のセッションの中でもう一度行うか、docker コマンドの前に kihon run -- を付けてください。"},
		},
	},

	checker.CourseInvalid: {
		Message: text{
			{"", "教材そのものに、書き方の誤りがあります（{file} の {line} 行目）：{error}"},
			{"", "教材そのものに、書き方の誤りがあります：{error}"},
			{"", "教材そのものに、書き方の誤りがあります。"},
		},
		Next: plain("あなたの操作のせいではありません。ほかの課題に進み、教材の作者に知らせてください。"),
	},
	checker.StartMissing: {
		Message: text{
			{"found=made by kihon", "前の課題で用意したコンテナ {container} が残っています。今度は自分で作る番です。"},
			{"", "この課題の出発点になるコンテナ {container} がありません。"},
			{"", "この課題の出発点になるものがありません。"},
		},
		Next: text{
			{"found=made by kihon & commands", "次のコマンドで課題を最初の状態に戻すと、その名前が空きます。"},
			{"commands", "次のコマンドで課題を最初の状態に戻してから、続けてください。"},
			{"", "kihon reset で課題を最初の状態に戻してから、続けてください。"},
		},
	},
	checker.NothingChanged: {
		Message: plain("前に確認したときから、エンジンに変化がありません。最後のコマンドは、おそらくエンジンに届く前に止まりました。"),
		Next:    plain("コマンドが表示した 1 行目に理由が書いてあるので、読んでみてください。それから、もう一度入力してください。"),
	},

	checker.FileMissing: {
		Message: text{
			{"", "コンテナ {container} の中に、ファイル {path} がまだありません。"},
			{"", "コンテナの中に、そのファイルがまだありません。"},
		},
		Next: text{
			{"commands", "次のコマンドで進めてください。"},
			{"", "課題のとおり、docker exec か docker cp で置いてください。"},
		},
	},
	checker.FileWrongContent: {
		Message: text{
			{"", "コンテナ {container} にファイル {path} はありますが、「{wanted}」がまだ書かれていません。"},
			{"", "コンテナ {container} のファイル {path} は、まだ課題のとおりの中身ではありません。"},
			{"", "ファイルは、まだ課題のとおりの中身ではありません。"},
		},
		Next: text{
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker exec {container} cat {path} で中身を見てみてください。"},
			{"", "docker exec と cat で中身を見てみてください。"},
		},
	},
	checker.FileUnexpected: {
		Message: text{
			{"", "コンテナ {container} にファイル {path} があります。課題で求めているのは、それがないコンテナです。"},
			{"", "課題では要らないファイルがあります。"},
		},
		Next: text{
			{"commands", "次のコマンドで進めてください。"},
			{"", "docker exec {container} rm {path} で消してください。"},
			{"", "docker exec と rm で消してください。"},
		},
	},

	checker.MountSourceEmpty: {
		Message: text{
			{"", "コンテナ {container} の {path} に、あなたのコンピュータの空のフォルダが重なり、元の中身が隠れています。-v は、指定したフォルダがないと空のフォルダを作ります。"},
			{"", "あなたのコンピュータの空のフォルダが重なり、コンテナの元の中身が隠れています。-v は、指定したフォルダがないと空のフォルダを作ります。"},
		},
		Next: text{
			{"kihon reset", "-v のコロンの左に書いたパスを、実際のフォルダと見比べてください。最初からやり直すなら、次のコマンドです。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "-v のコロンの左に書いたパスを、実際のフォルダと見比べて、コンテナを作り直してください。"},
		},
	},
	checker.MountFileAndFolder: {
		Message: text{
			{"", "マウントの片方がファイル、もう片方がフォルダなので、コンテナ {container} は起動できませんでした。-v は、指定したパスに何もないとフォルダを作ります。"},
			{"", "マウントの片方がファイル、もう片方がフォルダです。-v は、指定したパスに何もないとフォルダを作ります。"},
		},
		Next: text{
			{"kihon reset", "-v のコロンの左に書いたパスを、実際のファイルと見比べてください。最初からやり直すなら、次のコマンドです。"},
			{"docker rm & docker run", "途中まで作られたコンテナを、次のコマンドで消して作り直してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "-v のコロンの左に書いたパスを、実際のファイルと見比べてください。それから、途中まで作られたコンテナを消して作り直してください。"},
		},
	},
	checker.NetworkMissing: {
		Message: text{
			{"", "ネットワーク {network} がないので、コンテナ {container} は起動できませんでした。"},
			{"", "コンテナをつなぐネットワークがありません。"},
		},
		Next: text{
			{"docker rm & docker run", "途中まで作られたコンテナを、次のコマンドで消して作り直してください。"},
			{"no commands", "今あるネットワークは docker network ls で分かります。途中まで作られたコンテナを消し、その中のどれかで作り直してください。"},
		}.or(againJa),
	},

	checker.HistoryMissingStep: {
		Message: text{
			{"", "コンテナ {container} を{step_do}操作が、まだです。"},
			{"", "まだ行っていない操作があります。"},
		},
		Next: text{
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、その操作をしてください。"},
			{"commands", "次のコマンドで行ってください。"},
			{"", "課題のとおりに、その操作をしてください。"},
		},
	},
	checker.HistoryWrongOrder: {
		Message: text{
			{"", "コンテナ {container} への操作はそろっていますが、順番が違います。課題の順番は{steps}です。"},
			{"", "操作はそろっていますが、順番が課題と違います。"},
		},
		Next: text{
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、その順番で行ってください。"},
			{"commands", "残りは次のコマンドです。"},
			{"", "その順番で、もう一度行ってください。"},
		},
	},
	checker.HistoryGap: {
		Message: text{
			{"", "kihon が見ていない間があったので、あなたがコンテナ {container} を{step_did}かどうか分かりません。"},
			{"", "kihon が見ていない間があったので、何が行われたか分かりません。"},
		},
		Next: text{
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、その操作をもう一度してください。"},
			{"commands", "次のコマンドで、その操作をもう一度してください。"},
			{"", "その操作をもう一度してください。"},
		},
	},

	checker.AnswerMissing: {
		Message: text{
			{"", "答えがまだです。コンテナ {container} の ID を答えてください。"},
			{"", "答えがまだです。"},
		},
		Next: text{
			{"commands", "次のコマンドで進めてください。"},
			{"", "{container} の ID は docker ps の左端の列にあります。kihon answer {exercise} のあとに、その ID を付けて入力してください。"},
			{"", "kihon answer {exercise} のあとに、選んだ番号を付けて入力してください。"},
			{"", "kihon answer で答えてください。"},
		},
	},
	checker.AnswerWrong: {
		Message: text{
			{"", "「{answer}」は、コンテナ {container} の ID と合わないか、短すぎます。"},
			{"", "「{answer}」は、まだ正解ではありません。"},
			{"", "まだ正解ではありません。"},
		},
		Next: text{
			{"commands", "次のコマンドで進めてください。"},
			{"", "{container} の ID は docker ps の左端の列にあります。kihon answer {exercise} のあとに、その ID を先頭から入力してください。"},
			{"", "選択肢をもう一度読み、kihon answer {exercise} のあとに番号を付けて入力してください。"},
			{"", "課題をもう一度読み、kihon answer で答え直してください。"},
		},
	},
}
