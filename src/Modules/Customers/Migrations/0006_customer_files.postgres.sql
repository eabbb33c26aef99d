create table customer_file (
    id bigint primary key,
    name text not null,
    brought_by text not null,
    brought_at timestamp with time zone not null,
    state text not null,
    columns text,
    rows bigint not null,
    imported bigint not null,
    already_there bigint not null,
    rejected bigint not null,
    finished_at timestamp with time zone,
    message text,
    version integer not null
);

create table customer_file_reject (
    file_id bigint not null references customer_file (id),
    line bigint not null,
    reason text not null,
    fields text not null,
    primary key (file_id, line)
);
