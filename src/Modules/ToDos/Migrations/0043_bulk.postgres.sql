create table to_do_bulk (
    id bigint primary key,
    action text not null,
    employee_id bigint,
    role_id bigint,
    goes_to text,
    words text,
    without_skill boolean not null,
    total integer not null,
    done integer not null,
    refused integer not null,
    asked_by text not null,
    created_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    version integer not null
);
create index ix_to_do_bulk_created on to_do_bulk (created_at, id);

create table to_do_bulk_item (
    bulk_id bigint not null references to_do_bulk (id),
    to_do_id bigint not null references to_do (id),
    done boolean,
    problem text,
    primary key (bulk_id, to_do_id)
);
create index ix_to_do_bulk_item_to_do on to_do_bulk_item (to_do_id);
