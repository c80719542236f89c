# zsh -f zsh-offers.zsh FOLDER LINE: what the real zsh offers for a line with the completions of a folder, each behind "OFFER:".
zmodload zsh/zpty
zpty shell "TERM=dumb zsh -f -i"
zpty -w shell "PS1= RPS1= fpath=($1 \$fpath)"
zpty -w shell 'autoload -Uz compinit; compinit -u -D'
# Some calls of compadd only count; all others offer.
zpty -w shell 'compadd() { [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] || { local -a hits; builtin compadd -A hits "$@"; print -rl -- "" OFFER:${^hits}; }; builtin compadd "$@"; }'
zpty -w shell 'finish() { print -r -- "" FINI""SHED:; zle kill-buffer; }; zle -N finish; bindkey "^X" finish; bindkey "^I" complete-word'
# In the echo of these lines the words are in two parts.
zpty -w shell 'print REA""DY:'
zpty -r shell text '*READY:*'
zpty -w -n shell "$2"$'\t\x18'
zpty -r shell text '*FINISHED:*'
zpty -d shell
print -r -- $text
