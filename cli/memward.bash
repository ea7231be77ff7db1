# SPDX-License-Identifier: MIT
# bash completion for memward. It asks the tool itself, so that it knows what
# this version knows: commands from "memward help", options from "--help",
# attacks from "memward prove --list".

_memward_words() {
    case $1 in
    commands) "$2" help 2> /dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' ;;
    options) "$2" "$3" --help 2> /dev/null |
        grep -oE -- '--[a-z][a-z-]*' | sort -u ;;
    attacks) "$2" prove --list 2> /dev/null |
        awk '{ print $1; print $2 }' | sort -u ;;
    processes) ps -eo pid= 2> /dev/null ;;
    esac
}

_memward() {
    local tool=${COMP_WORDS[0]}
    local command=${COMP_WORDS[1]-}
    local word=${COMP_WORDS[COMP_CWORD]}
    local before=${COMP_WORDS[COMP_CWORD - 1]-}
    local IFS=$' \t\n'

    COMPREPLY=()
    if [ "$COMP_CWORD" -le 1 ]; then
        # shellcheck disable=SC2207  # Words hold no blanks.
        COMPREPLY=($(compgen -W "$(_memward_words commands "$tool")" \
            -- "$word"))
        return
    fi
    # bash takes --only=NAME for three words.
    if [ "$word" = "=" ]; then
        word=""
    elif [ "$before" = "=" ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $before in
    --only)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -W "$(_memward_words attacks "$tool")" \
            -- "$word"))
        return
        ;;
    --pid)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -W "$(_memward_words processes)" -- "$word"))
        return
        ;;
    --secret | --html | --core | --file)
        # No words: the file names of -o default.
        return
        ;;
    esac
    case $word in
    -*)
        # shellcheck disable=SC2207
        COMPREPLY=($(compgen -W "$(_memward_words options "$tool" \
            "$command")" -- "$word"))
        ;;
    esac
}

complete -o default -F _memward memward
