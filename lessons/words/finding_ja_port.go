package words

import "kihon/checker"

// portsJa has ports and what answers behind them.
var portsJa = map[string]finding{
	checker.PortNotPublished: {
		Message: text{
			{"", "コンテナ {container} は動いていますが、あなたのコンピュータから中に入るポートがありません。ポートは、作るときに -p {host_port}:{container_port} のように指定します。"},
			{"", "コンテナは動いていますが、あなたのコンピュータから中に入るポートがありません。"},
		},
		Next: againJa,
	},
	checker.PortReversed: {
		Message: plain("2 つのポートが逆になっています。-p は HOST:CONTAINER の順で、左の数字があなたのコンピュータの入口、右の数字が中のポートです。"),
		Next: text{
			{"docker rm & docker run", "{host_port} を左に書けばつながります。次のコマンドで、いったん消して作り直してください。"},
		}.or(againJa),
	},
	checker.PortWrongHostPort: {
		Message: text{
			{"", "あなたのコンピュータの入口がポート {found_port} になっていますが、課題では {host_port} です。-p の左の数字です。"},
			{"", "あなたのコンピュータの入口が、課題と違うポートになっています。-p の左の数字です。"},
		},
		Next: againJa,
	},
	checker.PortWrongContainerPort: {
		Message: text{
			{"", "-p がコンテナの中のポート {found_port} につながっていますが、課題では {container_port} です。-p の右の数字です。"},
			{"", "-p が、課題と違う中のポートにつながっています。-p の右の数字です。"},
		},
		Next: againJa,
	},
	checker.PortRandomHostPort: {
		Message: text{
			{"found_port=?", "あなたのコンピュータ側のポートの指定がないので、Docker が番号を選びました。課題では {host_port} です。"},
			{"", "あなたのコンピュータ側のポートの指定がないので、Docker が {found_port} を選びました。課題では {host_port} です。"},
			{"", "あなたのコンピュータ側のポートの指定がないので、Docker が番号を選びました。"},
		},
		Next: againJa,
	},
	checker.PortInUseByContainer: {
		Message: text{
			{"docker rm & docker run", "あなたのコンピュータのポート {host_port} はコンテナ {holder} が使っているので、{container} は起動できませんでした。それでもコンテナは作られ、名前を持っています。"},
			{"docker rm & docker run", "あなたのコンピュータのポート {host_port} は別のコンテナが使っているので、{container} は起動できませんでした。それでもコンテナは作られ、名前を持っています。"},
			{"", "あなたのコンピュータのポート {host_port} は、コンテナ {holder} が使っています。"},
			{"", "あなたのコンピュータのポート {host_port} は、別のコンテナが使っています。"},
			{"", "そのポートは、別のコンテナが使っています。"},
		},
		Next: text{
			{"docker rm -f {holder} & docker run", "次のコマンドで、まずポートを空け、途中まで作られたコンテナを消してから、作り直してください。"},
			{"docker rm & docker run", "ポートを使っているコンテナを docker ps で探して止めてください。そのあと、途中まで作られたコンテナを次のコマンドで消して作り直します。"},
			{"docker run", "ポートを使っているコンテナを docker ps で探して止めてください。そのあと、次のコマンドで作り直します。"},
			{"kihon reset", "次のコマンドで課題を最初の状態に戻してから、もう一度試してください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "ポートを使っているコンテナを docker ps で探して止めてください。そのあと、途中まで作られたコンテナを消して作り直します。"},
		},
	},
	checker.PortInUseByProgram: {
		Message: text{
			{"docker rm & docker run", "ポート {host_port} はあなたのコンピュータの別のプログラムが使っているので、コンテナ {container} は起動できませんでした。それでもコンテナは作られ、名前を持っています。"},
			{"", "ポート {host_port} は、あなたのコンピュータの別のプログラムが使っています。"},
			{"", "そのポートは、あなたのコンピュータの別のプログラムが使っています。"},
		},
		Next: text{
			{"docker rm & docker run", "途中まで作られたコンテナを、次のコマンドで消して作り直してください。下のポートも使用中なら、kihon reset が別のポートを選びます。"},
			{"docker run", "次のコマンドで作り直してください。下のポートも使用中なら、kihon reset が別のポートを選びます。"},
			{"kihon reset", "次のコマンドで課題を最初の状態に戻すと、空いているポートが選ばれます。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "途中まで作られたコンテナを消し、空いているポートで作り直してください。"},
		},
	},

	checker.HTTPNoAnswer: {
		Message: text{
			{"", "コンテナ {container} は動いていますが、{url} の応答がまだです。"},
			{"", "ページの応答がまだです。"},
		},
		Next: text{
			{"docker logs", "数秒待ってから、もう一度確認してください。次のコマンドで見るプログラムの出力に、手がかりがあるかもしれません。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "数秒待ってから、もう一度確認してください。"},
		},
	},
	checker.HTTPWrongStatus: {
		Message: text{
			{"status=403", "{url} の応答は「禁止」（403）です。サーバはいますが、ページのファイルを読む許可がありません。"},
			{"status=404", "{url} の応答は「見つからない」（404）です。サーバはいますが、その名前のページがありません。"},
			{"", "{url} の応答はステータス {status} で、課題と違います（課題は {wanted}）。"},
			{"", "{url} の応答のステータスが、課題と違います。"},
			{"", "ページの応答のステータスが、課題と違います。"},
		},
		Next: text{
			{"status=403 & docker exec", "次のコマンドで、だれでも読めるファイルにしてください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"status=403", "コンテナの中で、だれでも読めるファイルにしてください（chmod 644）。"},
			{"status=404", "ファイルの名前と、置いてあるフォルダを確かめてください。"},
			{"", "docker logs {container} で、サーバの出力を読んでみてください。"},
			{"", "docker logs で、サーバの出力を読んでみてください。"},
		},
	},
	checker.HTTPWrongBody: {
		Message: text{
			{"found_body=empty", "{url} は応答しますが、ページが空です。"},
			{"", "{url} は応答しますが、課題とは別のページです。ページの始まり：{found_body}"},
			{"", "{url} は応答しますが、課題とは別のページです。"},
			{"", "課題とは別のページです。"},
		},
		Next: text{
			{"docker rm & docker run", "次のコマンドでコンテナを作り直すと、イメージ付属のページに戻ります。"},
			{"docker cp", "次のコマンドで、サーバが読む場所にあなたのページを置いてください。"},
			{"commands", "次のコマンドで進めてください。"},
			{"", "課題のとおりにページを置いてから、もう一度見てください。"},
		},
	},
}
