namespace Tieline.Organization;

/// <summary>A room with work that is addressed to people and roles says how much of it is open, before one of them goes away.</summary>
public interface IAddressedWork
{
    /// <summary>In the plural, which ends in "s": "open To Dos".</summary>
    string What { get; }

    /// <returns>How much is addressed to the employee or in their hands; counted to 1,001.</returns>
    Task<int> OfEmployee(long employeeId, CancellationToken ct);

    /// <returns>How much is addressed to the role; counted to 1,001.</returns>
    Task<int> OfRole(long toDoRoleId, CancellationToken ct);
}
