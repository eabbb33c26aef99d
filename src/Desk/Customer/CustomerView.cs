using Tieline.Billing;
using Tieline.Contacts;
using Tieline.Customers;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Desk.Customer;

/// <summary>All that the page of a customer shows, as the rooms' doors told it.</summary>
/// <param name="OpenContacts">Null without the right to see contacts.</param>
/// <param name="Standing">Of the accounts; null without the right to see balances, and where the customer has not shown yet who they are.</param>
/// <param name="ToDos">Null without the right to work on To Dos.</param>
internal sealed record CustomerView(
    CustomerPerson Person, CustomerAccounts Accounts, IReadOnlyList<ContactLine>? OpenContacts, IReadOnlyList<ToDoLine>? ToDos, Page<TimelineLine> Timeline,
    IReadOnlyList<StandingFact>? Standing, IReadOnlyList<AlertLine> Alerts);
