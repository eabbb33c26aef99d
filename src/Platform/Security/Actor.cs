using System.Globalization;

namespace Tieline.Platform.Security;

public enum ActorKind { Employee, Customer, ApiKey, Process }

/// <summary>Who did something, as it is kept on records: the name stays as it was at that time.</summary>
public readonly record struct ActorRef(ActorKind Kind, long Id, string Name)
{
    /// <summary>Column form <c>Employee:12:Ana Ruiz</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Id}:{Name}");

    public static ActorRef Parse(string text)
    {
        var parts = text.Split(':', 3);
        return new ActorRef(Enum.Parse<ActorKind>(parts[0]), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }

    public bool Is(Actor actor) => Kind == actor.Kind && Id == actor.Id;
}

/// <summary>Who is acting now, with the rights they hold.</summary>
/// <param name="Id">Employee id (negative: the sign-in of someone who is no employee), API key id (0: commands on this machine), or 0 for a process.</param>
public sealed record Actor(ActorKind Kind, long Id, string Name, IReadOnlySet<string> Permissions)
{
    public static Actor Process(string name) => new(ActorKind.Process, 0, name, AllPermissions.Instance);

    /// <summary>Before sign-in; holds no right.</summary>
    public static readonly Actor Nobody = new(ActorKind.Process, -1, "nobody", new HashSet<string>(StringComparer.Ordinal));

    public ActorRef Ref => new(Kind, Id, Name);

    public bool May(string permission) => Permissions.Contains(permission);
}

/// <summary>The actor of this request, job or command. Set once by whoever opened the scope.</summary>
public sealed class CurrentActor
{
    public Actor Actor { get; set; } = Actor.Nobody;

    /// <summary>Where the action comes from: <c>page</c>, <c>api</c>, <c>job</c>, <c>command</c>, with the address when there is one.</summary>
    public string Source { get; set; } = "process";

    /// <summary>What a process is at: the batch run, event, job or file that it works on. Kept with all it writes; null for what somebody does by hand.</summary>
    public RecordRef? Because { get; set; }

    /// <summary>Whether the other end is this machine; false when nobody has said so.</summary>
    internal bool FromThisMachine { get; set; }

    /// <summary>The signed-in user; null for machines and processes.</summary>
    internal long? UserId { get; set; }

    /// <summary>The stored id of the session; null for machines and processes.</summary>
    public string? Session { get; internal set; }

    public bool May(string permission) => Actor.May(permission);

    /// <exception cref="ForbiddenException">The actor lacks the right; the caller's edge answers 403 and audits it.</exception>
    public void Require(string permission)
    {
        if (!Actor.May(permission))
            throw new ForbiddenException(permission);
    }
}

/// <summary>The actor lacks a right. Turned into 403 and an audit entry by page, API, job and command edges alike.</summary>
public sealed class ForbiddenException(string permission) : Exception($"You do not have the right '{permission}'.")
{
    public string Permission { get; } = permission;
}

/// <summary>A named right, granted to roles.</summary>
public sealed record Permission(string Name, string Description, params string[] DefaultRoles)
{
    /// <summary>Means something in the demonstration alone, and is offered nowhere else.</summary>
    public bool OnlyInDemonstration { get; init; }
}

internal sealed class AllPermissions : IReadOnlySet<string>
{
    public static readonly AllPermissions Instance = new();

    public int Count => 0;
    public bool Contains(string item) => true;
    public bool IsProperSubsetOf(IEnumerable<string> other) => false;
    public bool IsProperSupersetOf(IEnumerable<string> other) => true;
    public bool IsSubsetOf(IEnumerable<string> other) => false;
    public bool IsSupersetOf(IEnumerable<string> other) => true;
    public bool Overlaps(IEnumerable<string> other) => other.Any();
    public bool SetEquals(IEnumerable<string> other) => false;
    public IEnumerator<string> GetEnumerator() => Enumerable.Empty<string>().GetEnumerator();
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
