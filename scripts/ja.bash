# shellcheck shell=bash
# The messages of these scripts in Japanese, by their English format.
japanese() { # FORMAT
  case $1 in
  'the last lines of %s:') echo '%s の最後の数行：' ;;
  '%s: only root may do that, and there is no sudo.') echo '%s：root の権限が必要ですが、sudo がありません。' ;;
  '%s: only root may do that, and sudo wants a password.') echo '%s：root の権限が必要ですが、sudo にパスワードがいります。' ;;
  'Become root (su -), come back to this folder and run this again.') echo 'su - で root になり、このフォルダに戻ってから、もう一度実行してください。' ;;
  'Run this in a terminal, or as root.') echo 'ターミナルで実行するか、root で実行してください。' ;;
  'installing %s') echo '%s のインストール' ;;
  'installing %s ...') echo '%s をインストールしています…' ;;
  'installing %s, about 60 s ...') echo '%s をインストールしています（60 秒ほど）…' ;;
  'installed in %d s.') echo 'インストールしました（%d 秒）。' ;;
  '%s could not be installed.') echo '%s をインストールできませんでした。' ;;
  'there is no apt-get here, so nothing is installed.') echo 'apt-get がないので、何もインストールしません。' ;;
  'Needed, by their Debian names: %s') echo '必要なもの（Debian のパッケージ名）：%s' ;;
  'the list of packages could not be fetched (apt-get update).') echo 'パッケージの一覧を取得できませんでした（apt-get update）。' ;;
  'Is there a network?') echo 'ネットワークにつながっていますか。' ;;

  'no Docker engine answers. Install the package docker.io? (about 60 s, 350 MB on disk)') echo 'Docker エンジンの応答がありません。パッケージ docker.io をインストールしますか（60 秒ほど、ディスク 350 MB）。' ;;
  'nothing has been installed.') echo '何もインストールしませんでした。' ;;
  'Start an engine of your own, then run this again.') echo 'お手持ちのエンジンを起動してから、もう一度実行してください。' ;;
  'no Docker engine answers, and on this system none is installed for you.') echo 'Docker エンジンの応答がありません。このシステムでは、自動ではインストールしません。' ;;
  'Install the package with which your distribution brings Docker, and start it.') echo 'お使いのディストリビューションの Docker のパッケージを入れて、起動してください。' ;;
  'Install Docker Desktop, OrbStack, Rancher Desktop or Colima, and start it.') echo 'Docker Desktop、OrbStack、Rancher Desktop、Colima のどれかを入れて、起動してください。' ;;
  'Use WSL: its Linux shell is where kihon runs on Windows.') echo 'Windows では WSL をお使いください。kihon は WSL の Linux のシェルで動きます。' ;;
  'Install Docker Desktop for Windows and switch on its WSL integration for this distribution.') echo 'Docker Desktop for Windows を入れて、このディストリビューションの WSL 連携を有効にしてください。' ;;
  'Then run this again.') echo 'そのあと、もう一度実行してください。' ;;
  'making %s a member of the group docker: who may use the engine has the power of root.') echo '%s を docker グループに加えます。エンジンを使える人は、root と同じことができます。' ;;
  'this kernel has only the older kind of packet rules: iptables becomes iptables-legacy.') echo 'このカーネルには古い形式のパケット規則しかないので、iptables を iptables-legacy に切り替えます。' ;;
  'iptables does not work on this machine; published ports may not, either. More in %s') echo 'このコンピュータでは iptables が動きません。公開したポートも動かないかもしれません。詳しくは %s' ;;

  'starting the engine') echo 'エンジンの起動' ;;
  'starting the engine, a few seconds ...') echo 'エンジンを起動しています（数秒）…' ;;
  '%s did not start (%d s).') echo '%s は起動しませんでした（%d 秒）。' ;;
  'dockerd runs without a service and writes to %s.') echo 'dockerd をサービスなしで動かしています。記録は %s にあります。' ;;
  'started in %d s.') echo '起動しました（%d 秒）。' ;;
  'an engine is there (%s), but you may not use it.') echo 'エンジンは動いていますが（%s）、使う許可がありません。' ;;
  'Who may use it has the power of root on this machine. If you want that, type') echo 'エンジンを使える人は、このコンピュータで root と同じことができます。それでよければ、次のコマンドを打ち、' ;;
  'then log out, log in and run this again; or become root.') echo 'ログインし直してから、もう一度実行してください。root で実行してもかまいません。' ;;
  'an engine answers, but the docker command is missing.') echo 'エンジンは応答しますが、docker コマンドがありません。' ;;
  'Install it from where the engine came from, then run this again.') echo 'エンジンと同じ入手先からインストールして、もう一度実行してください。' ;;
  'no engine answers at %s, where DOCKER_HOST or the docker context points.') echo 'DOCKER_HOST か docker のコンテキストの指す %s に、応答するエンジンがありません。' ;;
  'Start it. Or choose the engine of this machine: %s') echo 'そのエンジンを起動してください。このコンピュータのエンジンに切り替えるなら：%s' ;;
  '%s answers; your shell has the group docker from your next login on.') echo '%s が応答しました。このシェルは、次のログインから docker グループに入ります。' ;;
  '%s answers at %s') echo '%s が応答しました（%s）。' ;;

  '1 of 3: a Docker engine (about 60 s where one has to be installed)') echo '1/3：Docker エンジン（インストールするときは 60 秒ほど）' ;;
  '2 of 3: the program (about 2 minutes the first time, less than 10 s after that)') echo '2/3：プログラム（はじめは 2 分ほど、次からは 10 秒もかかりません）' ;;
  'built in %d s.') echo 'できました（%d 秒）。' ;;
  '3 of 3: the images of the lesson (about 60 s the first time)') echo '3/3：レッスンのイメージ（はじめは 60 秒ほど）' ;;
  'this is no terminal, so the lesson plays itself; in a terminal a session begins.') echo 'ターミナルではないので、レッスンを自動で進めてお見せします。ターミナルではセッションが始まります。' ;;
  *) return 1 ;;
  esac
}
