using Dapper;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Platform.Security;

/// <summary>For what somebody asked for and a job does later: who they are, with the rights they hold by then.</summary>
public interface IActorsLater
{
    /// <returns>Null when they may not do anything any more.</returns>
    Task<Actor?> Of(ActorRef who, CancellationToken ct);
}

internal sealed class ActorsLater(AppDb db, IUtilityClock clock) : IActorsLater
{
    public async Task<Actor?> Of(ActorRef who, CancellationToken ct)
    {
        if (who is { Kind: ActorKind.Process, Id: 0 })
            return Actor.Process(who.Name);
        var today = await clock.Today(ct);
        var (connection, transaction) = await db.Sql(ct);
        var statement = who.Kind switch
        {
            // Someone who is no employee is known by the negative key of their sign-in.
            ActorKind.Employee => """
                select p.permission from user_account u join user_role r on r.user_id = u.id join role_permission p on p.role = r.role
                where (u.employee_id = @Id or (u.employee_id is null and u.id = -@Id)) and u.active and (r.from_on is null or r.from_on <= @today) and (r.to_on is null or r.to_on >= @today)
                """,
            ActorKind.ApiKey => "select permissions from api_key where id = @Id and revoked_at is null and (expires_at is null or expires_at > @now)",
            _ => null,
        };
        if (statement is null)
            return null;
        var rights = await connection.QueryAsync<string>(new CommandDefinition(statement, new { who.Id, today, now = db.Now }, transaction, cancellationToken: ct));
        var permissions = rights.SelectMany(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.Ordinal);
        return permissions.Count == 0 ? null : new Actor(who.Kind, who.Id, who.Name, permissions);
    }
}
