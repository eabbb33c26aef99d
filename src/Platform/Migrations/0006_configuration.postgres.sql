create table configuration_import (
    id bigint primary key,
    file_name text not null,
    content text not null,
    brought_by text not null,
    brought_at timestamp with time zone not null,
    applied_by text,
    applied_at timestamp with time zone,
    version integer not null
);
