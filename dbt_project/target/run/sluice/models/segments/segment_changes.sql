insert into "warehouse"."segments"."segment_changes" ("segment", "contact_id", "change", "changed_at")
    (
        select "segment", "contact_id", "change", "changed_at"
        from "segment_changes__dbt_tmp20261124161621680837"
    )


  