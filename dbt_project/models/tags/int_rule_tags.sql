{{ tag_rules() }}
