{#
    Why the value of an identifier alone says nothing about who somebody is: role (a shared mailbox such as info@), fake (made up:
    13800000000, test@test.com), or null.
#}
{% macro identifier_pattern(type, value) -%}
    {% set mailbox = "split_part(" ~ value ~ ", '@', 1)" %}
    {% set domain = "split_part(" ~ value ~ ", '@', 2)" %}
    {% set provider = "split_part(" ~ domain ~ ", '.', 1)" %}
    {% set roles = 'info|sales|hr|admin|administrator|contact|service|support|marketing|office|help|hello|mail|postmaster|webmaster|noreply|no-reply|kefu|caiwu|zhaopin|jobs|billing|finance|press|team' %}
    {% set words = 'test[0-9]*|x+|a+|abc[0-9]*|none|null|na|no|nil|unknown|nobody|noemail|no-email|fake|asdf+|qwerty?|1+|0+|12|123|1234|12345|123456|1234567|12345678|123456789' %}
    case
        when {{ type }} in ('email', 'email_address') and {{ sluice.regexp_like(mailbox, '^(' ~ roles ~ ')[0-9]?$') }} then 'role'
        when {{ type }} in ('email', 'email_address') and ({{ mailbox }} = {{ provider }} or {{ sluice.regexp_like(mailbox, '^(' ~ words ~ ')$') }}
            or {{ sluice.regexp_like(domain, '^(example|test|invalid|localhost|email|domain)[.]') }}) then 'fake'
        when {{ type }} = 'phone' and {{ sluice.regexp_like(value, '(0{7}|1{7}|2{7}|3{7}|4{7}|5{7}|6{7}|7{7}|8{7}|9{7}|12345678|7654321|87654321|00138000)$') }}
            then 'fake'
        when {{ type }} = 'national_id' and {{ sluice.regexp_like(value, '^(0+|1+|9+|123456789?0?|x+)$') }} then 'fake'
        when {{ type }} not in ('email', 'email_address', 'phone', 'national_id', 'unionid', 'cookie')
            and {{ sluice.regexp_like(value, '^(-[0-9]+|0+|(0{8}-(0{4}-){3}0{12})|(f{8}-(f{4}-){3}f{12}))$') }} then 'fake'
    end
{%- endmacro %}
