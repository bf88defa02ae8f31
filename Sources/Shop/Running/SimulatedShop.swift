public import Operations
/// x
public enum SimulatedShop { public static var catalogue: FaultCatalogue { ShopPlan.catalogue } }
