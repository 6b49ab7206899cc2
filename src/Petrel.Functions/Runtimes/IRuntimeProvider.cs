namespace Petrel.Functions.Runtimes;

/// <summary>The runtimes of this machine and the adapters that run them.</summary>
public interface IRuntimeProvider
{
    RuntimeCatalogue Catalogue { get; }

    /// <summary>Null for a runtime that nothing here runs.</summary>
    IRuntimeAdapter? AdapterFor(RuntimeInfo runtime);
}
