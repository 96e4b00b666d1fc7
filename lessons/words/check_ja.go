package words

var checksJa = map[string]text{
	"container.running": {
		{"", "コンテナ {container} が動いている（{image} から作成）"},
		{"", "コンテナ {container} が動いている"},
	},
	"container.exited": {
		{"", "コンテナ {container} が止まっている（{image} から作成）"},
		{"", "コンテナ {container} が止まっている"},
	},
	"container.created": {
		{"", "コンテナ {container} が作ってあり、まだ起動していない（{image} から作成）"},
		{"", "コンテナ {container} が作ってあり、まだ起動していない"},
	},
	"container.paused": {
		{"", "コンテナ {container} が一時停止している（{image} から作成）"},
		{"", "コンテナ {container} が一時停止している"},
	},
	"container.exists": {
		{"", "コンテナ {container} がある（{image} から作成）"},
		{"", "コンテナ {container} がある"},
	},
	"container.absent": plain("コンテナ {container} がもうない"),

	"port": {
		{"", "ホストのポート {host_port}/{protocol} が {container} の中のポート {container_port}/{protocol} につながっている"},
		{"", "ホストのポート {host_port} が {container} の中のポート {container_port} につながっている"},
	},

	"image.present": plain("イメージ {image} がエンジンにある"),
	"image.absent":  plain("イメージ {image} がエンジンにもうない"),

	"http": {
		{"", "{url} がステータス {status} を返す"},
		{"", "{url} が応答する"},
	},
	"http.contains": {
		{"", "{url} がステータス {status} を返し、「{text}」が表示される"},
		{"", "{url} に「{text}」が表示される"},
	},
	"http.from_image": plain("{url} にイメージ付属のページが表示される"),
	"http.same_as":    plain("{url} にコンテナ {container} のファイル {path} が表示される"),

	"file": {
		{"", "コンテナ {container} のファイル {path} に「{text}」と書いてある"},
		{"", "コンテナ {container} にファイル {path} がある"},
	},
	"file.absent": plain("コンテナ {container} にファイル {path} がない"),

	"history": plain("コンテナ {container} を{did}"),

	"answer": {
		{"", "あなたの答えがコンテナ {container} の ID である"},
		{"", "あなたの答え"},
	},
}
