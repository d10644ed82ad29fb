package api

// Operation is the name of an operation of the contract: its operationId, such as "AddAddress".
type Operation string

// The operations of the contract.
const (
	OperationCreateCustomer        Operation = "CreateCustomer"
	OperationRetrieveCustomer      Operation = "RetrieveCustomer"
	OperationUpdateCustomer        Operation = "UpdateCustomer"
	OperationListOrders            Operation = "ListOrders"
	OperationListPaymentMethods    Operation = "ListPaymentMethods"
	OperationAddAddress            Operation = "AddAddress"
	OperationUpdateAddress         Operation = "UpdateAddress"
	OperationDeleteAddress         Operation = "DeleteAddress"
	OperationGeneratePasswordToken Operation = "GeneratePasswordToken"
	OperationResetPassword         Operation = "ResetPassword"
	OperationAuthenticate          Operation = "Authenticate"
	OperationGetSession            Operation = "GetSession"
	OperationDeleteSession         Operation = "DeleteSession"
	OperationGetToken              Operation = "GetToken"
	OperationEmailExists           Operation = "EmailExists"
)
