with final as (
    {{ sluice.character_sounds() }}
)

select * from final
