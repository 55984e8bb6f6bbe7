create schema raw; create schema ledger; create schema segments; create schema activation;
create table raw.landings as select * from (values
    ('src_crm', timestamp '2026-06-28 13:00'), ('src_shop', timestamp '2026-06-29 14:00')) as t (table_name, landed_at);
create table raw.ev_order as select unnest([timestamp '2026-06-29 11:00', timestamp '2062-06-29 11:00', null]) as ts;
create table ledger.receipts (
    receipt_id bigint, kind varchar, activation varchar, destination varchar, subject_id bigint, state varchar,
    vendor_id varchar);
create table activation.int_sync_digests as select 'crm' as sync, 7 as wanted_rows, 1 as acknowledged_rows;
create table activation.sync_crm as select unnest(range(7)) as contact_id;
create table activation.out_sync_operations (
    operation_id bigint, sync varchar, destination varchar, sync_key bigint, operation varchar, row_hash bigint,
    delivery_state varchar, hold_reason varchar);
create table activation.int_sync_columns as select 'lost' as sync, 'contact_id' as column_name, 'BIGINT' as data_type,
    'integer' as kind, true as is_key, 'w."contact_id"' as value_sql, 'w."contact_id"' as key_sql, 1 as place;
create table ledger.sync_keys (activation varchar, subject_id bigint, key varchar);
create table activation.out_messages as select 1 as message_id, 'lost' as campaign, 'smtp' as destination, 'email' as channel,
    'marketing' as purpose, 1 as contact_id, 'a@b.cn' as address, 'h' as address_hash,
    'k' as address_key, 't' as template, cast(null as varchar) as variant, cast(null as varchar) as subjects, 'en' as language,
    'CN' as country, 'Li Lei' as full_name, '{"company' as context, true as may_be_tracked;
create table activation.message_decisions as select 'welcome' as campaign, 'send' as decision, 'due' as reason;
create table segments.segment_changes as select * from (values
    ('new', 1, 'entered', timestamp '2026-06-01'), ('new', 2, 'entered', timestamp '2026-06-01'),
    ('new', 3, 'entered', timestamp '2026-06-01'), ('new', 3, 'exited', timestamp '2026-06-02'),
    ('new', 2, 'exited', timestamp '2026-06-28'), ('new', 4, 'entered', timestamp '2026-06-28'),
    ('new', 5, 'entered', timestamp '2026-06-28'), ('new', 5, 'exited', timestamp '2026-06-29'),
    ('new', 1, 'exited', timestamp '2026-06-29'), ('new', 1, 'entered', timestamp '2026-06-29'),
    ('old', 9, 'entered', timestamp '2026-06-28')) as t (segment, contact_id, change, changed_at);
