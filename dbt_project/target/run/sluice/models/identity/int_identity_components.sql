
        
    drop table if exists "warehouse"."identity"."int_identity_components";
    create table "warehouse"."identity"."int_identity_components" as select u as node_id, v as component_id from "int_identity_components__edges20261124161620150922" union select v, v from "int_identity_components__edges20261124161620150922"

    